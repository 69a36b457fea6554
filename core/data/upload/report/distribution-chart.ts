import { type Html, html } from '../../../insights/html.ts';
import type { ColumnStatistics, Histogram } from '../../accepted-parts.ts';
import { visibleText } from './visible-text.ts';

const WIDTH = 220;
const HEIGHT = 44;

/** Categories that a chart has room for. */
const BARS = 4;
const BAR = 14;

export const CHART_STYLE = `
svg .now { fill: var(--first); fill-opacity: .55; } svg .before { fill: none; stroke: var(--second); stroke-width: 1.5; }
svg rect.before { stroke-width: 1; } svg .axis { stroke: var(--line); }
`;

/** A small chart of how the values of a column lie, with the previous part's as an outline; null without values. */
export function distributionChart(
  name: string,
  now: ColumnStatistics,
  previous: ColumnStatistics | null,
): Html | null {
  const before = previous?.type === now.type ? previous : null;
  if (now.histogram !== null) return histogramChart(name, now.histogram, before?.histogram ?? null);
  return now.top.length === 0 ? null : categoryChart(name, now, before);
}

/** A bin as an area: its share of the rows over its share of the axis. */
interface Bin {
  readonly from: number;
  readonly to: number;
  readonly density: number;
}

function histogramChart(name: string, now: Histogram, previous: Histogram | null): Html {
  const edges = [...now.edges, ...(previous?.edges ?? [])];
  const [low, high] = [Math.min(...edges), Math.max(...edges)];
  const bins = binsOf(now, low, high);
  const outline = previous === null ? [] : binsOf(previous, low, high);
  const top = Math.max(...[...bins, ...outline].map(({ density }) => density), Number.MIN_VALUE);
  const y = (density: number): string => (HEIGHT - (density / top) * (HEIGHT - 2)).toFixed(1);
  const path = (of: readonly Bin[]): string =>
    `M${px(of[0]?.from ?? 0)},${HEIGHT}${of.map(({ from, to, density }) => `L${px(from)},${y(density)}L${px(to)},${y(density)}`).join('')}L${px(of.at(-1)?.to ?? 1)},${HEIGHT}`;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${`Distribution of ${visibleText(name)}`}">
<path class="now" d="${path(bins)}Z"/>
${outline.length === 0 ? null : html`<path class="before" d="${path(outline)}"/>`}
<path class="axis" d="M0,${HEIGHT - 0.5}H${WIDTH}"/></svg>`;
}

const px = (share: number): string => (share * WIDTH).toFixed(1);

function binsOf({ edges, rows }: Histogram, low: number, high: number): Bin[] {
  const total = rows.reduce((sum, count) => sum + count, 0);
  // A single value has no width: it is drawn as a sliver.
  const sliver = 0.02;
  const place = (edge: number): number => (high === low ? 0.5 : edge / (high - low) - low / (high - low));
  return rows.map((count, i) => {
    const from = place(edges[i] ?? low);
    const to = Math.max(place(edges[i + 1] ?? high), from + (rows.length === 1 ? sliver : 0));
    return { from, to, density: total === 0 || to === from ? 0 : count / total / (to - from) };
  });
}

function categoryChart(name: string, now: ColumnStatistics, previous: ColumnStatistics | null): Html {
  const share = ({ top }: ColumnStatistics, value: string): number => {
    const listed = top.reduce((sum, { rows }) => sum + rows, 0);
    return listed === 0 ? 0 : (top.find(item => item.value === value)?.rows ?? 0) / listed;
  };
  const values = now.top.slice(0, BARS).map(({ value }) => value);
  const longest = Math.max(
    ...values.flatMap(value => [share(now, value), previous === null ? 0 : share(previous, value)]),
  );
  const scale = longest === 0 ? 0 : (WIDTH - 90) / longest;
  const bars = values.map((value, i) => {
    const label = visibleText(value.length > 12 ? `${value.slice(0, 11)}…` : value);
    const width = (of: ColumnStatistics): string => (share(of, value) * scale).toFixed(1);
    return html`<text x="0" y="${i * BAR + 10}">${label}</text>
<rect class="now" x="88" y="${i * BAR + 2}" width="${width(now)}" height="${BAR - 4}"/>
${previous === null ? null : html`<rect class="before" x="88" y="${i * BAR + 2}" width="${width(previous)}" height="${BAR - 4}"/>`}
`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${values.length * BAR}" width="${WIDTH}" height="${values.length * BAR}" role="img" aria-label="${`Most frequent values of ${visibleText(name)}`}">
${bars}</svg>`;
}
