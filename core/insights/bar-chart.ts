import { type Html, html } from './html.ts';
import { readableShare } from './readable.ts';

export interface Bar {
  readonly name: string;
  /** 0 to 1. */
  readonly share: number;
}

const WIDTH = 760;
const ROW = 24;
const NAMES = 220;
const NUMBERS = 64;

/** Shares as horizontal bars, in their order, in the colours of `page`. */
export function barChart(title: string, bars: readonly Bar[]): Html {
  const longest = Math.max(...bars.map(({ share }) => share), Number.MIN_VALUE);
  const height = bars.length * ROW + 8;
  const rows = bars.map(({ name, share }, i) => {
    const y = i * ROW + 4;
    const length = ((share / longest) * (WIDTH - NAMES - NUMBERS)).toFixed(1);
    return html`<text x="${NAMES - 8}" y="${y + 16}" text-anchor="end">${name}</text>
<rect x="${NAMES}" y="${y + 3}" width="${length}" height="${ROW - 8}" fill="var(--first)"/>
<text x="${(NAMES + Number(length) + 8).toFixed(1)}" y="${y + 16}">${readableShare(share)}</text>\n`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${title}">
<title>${title}</title>
${rows}</svg>\n`;
}
