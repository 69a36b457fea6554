import { type Html, html } from './html.ts';

export interface Line {
  readonly name: string;
  /** One value per label; null where there is none, which breaks the line. */
  readonly values: readonly (number | null)[];
  /** Which of the page's colours; the second one is dashed, so that colour is never alone. */
  readonly style: 'first' | 'second';
}

export interface Chart {
  /** What the chart shows, for those who do not see it. */
  readonly title: string;
  /** Names of the points along the horizontal axis. */
  readonly labels: readonly string[];
  readonly lines: readonly Line[];
  /** An area behind the lines, such as a prediction interval. */
  readonly band?: { readonly name: string; readonly lower: Line['values']; readonly upper: Line['values'] };
}

const WIDTH = 760;
const HEIGHT = 260;
const MARGIN = { left: 64, right: 12, top: 12, bottom: 52 };
const TICKS = 4;

/** A line chart as SVG, in the colours of `page`. Coordinates have one decimal, so that equal charts are equal text. */
export function lineChart({ title, labels, lines, band }: Chart): Html {
  const numbers = [...lines.map(({ values }) => values), band?.lower ?? [], band?.upper ?? []].flat();
  const known = numbers.filter(value => value !== null);
  const scale = niceScale(Math.min(...known, 0), Math.max(...known, 0));
  const inner = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const x = (i: number): string =>
    (MARGIN.left + (labels.length < 2 ? inner.width / 2 : (i / (labels.length - 1)) * inner.width)).toFixed(
      1,
    );
  const y = (value: number): string =>
    (MARGIN.top + (1 - (value - scale.low) / (scale.high - scale.low)) * inner.height).toFixed(1);

  const ticks = Array.from({ length: scale.steps + 1 }, (_, i) => scale.low + i * scale.step);
  const grid = ticks.map(
    value => html`<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(value)}" y2="${y(value)}" stroke="var(--line)"/>
<text x="${MARGIN.left - 8}" y="${y(value)}" text-anchor="end" dominant-baseline="middle">${readable(value)}</text>\n`,
  );
  const shown = [...new Set([0, Math.floor((labels.length - 1) / 2), labels.length - 1])].filter(i => i >= 0);
  const names = shown.map((i, place) => {
    const anchor =
      shown.length === 1
        ? 'middle'
        : (['start', 'middle', 'end'][shown.length === 2 && place === 1 ? 2 : place] ?? 'middle');
    return html`<text x="${x(i)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="${anchor}">${labels[i]}</text>\n`;
  });
  const strokes = lines.map(({ values, style }) => {
    const dash = style === 'second' ? html` stroke-dasharray="6 4"` : '';
    return html`<path d="${pathOf(values, x, y)}" fill="none" stroke="var(--${style})" stroke-width="2"${dash}/>\n`;
  });
  const area = band && html`<path d="${bandOf(band, x, y)}" fill="var(--second)" fill-opacity="0.15"/>\n`;
  const legend = [
    ...lines.map(({ name, style }) => ({ name, style })),
    ...(band ? [{ name: band.name, style: 'band' }] : []),
  ];
  const keys = legend.map(({ name, style }, i) => {
    const left = MARGIN.left + i * 180;
    const top = HEIGHT - 12;
    const mark =
      style === 'band'
        ? html`<rect x="${left}" y="${top - 8}" width="24" height="8" fill="var(--second)" fill-opacity="0.15"/>`
        : html`<line x1="${left}" x2="${left + 24}" y1="${top - 4}" y2="${top - 4}" stroke="var(--${style})" stroke-width="2"${style === 'second' ? html` stroke-dasharray="6 4"` : ''}/>`;
    return html`${mark}<text x="${left + 30}" y="${top}">${name}</text>\n`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${title}">
<title>${title}</title>
${grid}${area}${strokes}${names}${keys}</svg>\n`;
}

type Place = (value: number) => string;

/** Points joined by lines; a missing value lifts the pen, and a value between two missing ones is a dot. */
function pathOf(values: Line['values'], x: Place, y: Place): string {
  return values
    .map((value, i) => {
      if (value === null) return '';
      const known = (index: number): boolean => (values[index] ?? null) !== null;
      if (known(i - 1)) return `L${x(i)} ${y(value)}`;
      return `M${x(i)} ${y(value)}${known(i + 1) ? '' : 'h0.1'}`;
    })
    .join('');
}

function bandOf({ lower, upper }: NonNullable<Chart['band']>, x: Place, y: Place): string {
  const points = upper.flatMap((high, i) => {
    const low = lower[i] ?? null;
    return high === null || low === null ? [] : [{ i, low, high }];
  });
  const there = points.map(({ i, high }) => `${x(i)} ${y(high)}`);
  const back = points.toReversed().map(({ i, low }) => `${x(i)} ${y(low)}`);
  return points.length === 0 ? '' : `M${[...there, ...back].join('L')}Z`;
}

/** Axis from a round number to a round number, with some four steps of 1, 2 or 5 times a power of ten. */
export function niceScale(
  low: number,
  high: number,
): { low: number; high: number; step: number; steps: number } {
  const span = high - low || 1;
  const magnitude = 10 ** Math.floor(Math.log10(span / TICKS));
  const step = [1, 2, 5, 10].map(factor => factor * magnitude).find(size => span / size <= TICKS + 1) ?? span;
  const from = Math.floor(low / step);
  const to = Math.max(Math.ceil(high / step), from + 1);
  return { low: from * step, high: to * step, step, steps: to - from };
}

const readable = (value: number): string => String(Number(value.toPrecision(6)));
