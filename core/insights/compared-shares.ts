import { type Html, html } from './html.ts';
import { readableShare } from './readable.ts';

/** Shares of the same bins or categories, of what was usual and of what there is now. */
export interface ComparedShares {
  readonly title: string;
  readonly labels: readonly string[];
  readonly usual: readonly number[];
  readonly now: readonly number[];
}

const WIDTH = 360;
const HEIGHT = 190;
const MARGIN = { left: 8, right: 8, top: 26, bottom: 24 };
const NAMES = 110;
const NUMBERS = 52;
const ROW = 26;
/** Longer names of categories are cut off; the title tells the whole. */
const LONGEST = 16;

const LEGEND = html`<rect x="0" y="4" width="12" height="10" fill="var(--first)" fill-opacity="0.4"/><text x="18" y="13">reference</text>
<line x1="92" x2="104" y1="9" y2="9" stroke="var(--second)" stroke-width="3"/><text x="110" y="13">window</text>\n`;

/** Bins of numbers as columns, with what there is now as an outline over them. */
export function comparedBins({ title, labels, usual, now }: ComparedShares): Html {
  const highest = Math.max(...usual, ...now, Number.MIN_VALUE);
  const inner = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const step = inner.width / Math.max(1, labels.length);
  const x = (bin: number): string => (MARGIN.left + bin * step).toFixed(1);
  const y = (share: number): string => (MARGIN.top + (1 - share / highest) * inner.height).toFixed(1);
  const floor = y(0);
  const columns = usual.map(
    (share, bin) =>
      html`<rect x="${x(bin)}" y="${y(share)}" width="${Math.max(0, step - 1).toFixed(1)}" height="${(Number(floor) - Number(y(share))).toFixed(1)}" fill="var(--first)" fill-opacity="0.4"/>\n`,
  );
  const outline = now.map((share, bin) => `V${y(share)}H${x(bin + 1)}`).join('');
  const middle = Math.floor(labels.length / 2);
  return frame(
    title,
    HEIGHT,
    html`${columns}<path d="M${x(0)} ${floor}${outline}V${floor}" fill="none" stroke="var(--second)" stroke-width="2"/>
<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${floor}" y2="${floor}" stroke="var(--line)"/>
<text x="${x(0)}" y="${HEIGHT - 6}">≤ ${labels[1] ?? labels[0]}</text>
<text x="${x(middle)}" y="${HEIGHT - 6}" text-anchor="middle">${labels[middle]}</text>
<text x="${WIDTH - MARGIN.right}" y="${HEIGHT - 6}" text-anchor="end">≥ ${labels.at(-1)}</text>\n`,
  );
}

/** Categories as rows of two bars. */
export function comparedCategories({ title, labels, usual, now }: ComparedShares): Html {
  const highest = Math.max(...usual, ...now, Number.MIN_VALUE);
  const length = (share: number): string => ((share / highest) * (WIDTH - NAMES - NUMBERS)).toFixed(1);
  const rows = labels.map((label, i) => {
    const top = MARGIN.top + i * ROW;
    const [before, today] = [usual[i] ?? 0, now[i] ?? 0];
    const end = NAMES + Number(length(Math.max(before, today))) + 6;
    return html`<text x="${NAMES - 6}" y="${top + 15}" text-anchor="end">${shortened(label)}</text>
<rect x="${NAMES}" y="${top + 3}" width="${length(before)}" height="8" fill="var(--first)" fill-opacity="0.4"/>
<rect x="${NAMES}" y="${top + 13}" width="${length(today)}" height="6" fill="var(--second)"/>
<text x="${end.toFixed(1)}" y="${top + 16}">${readableShare(today)}</text>\n`;
  });
  return frame(title, MARGIN.top + labels.length * ROW + 4, html`${rows}`);
}

const shortened = (label: string): string =>
  label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;

const frame = (title: string, height: number, content: Html): Html =>
  html`<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${title}">
<title>${title}</title>
${LEGEND}${content}</svg>\n`;
