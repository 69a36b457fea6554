/**
 * The weighted quantile of a level: the smallest value with at least that share of the weight at or below it, and the
 * mean of it and the next where the share is met exactly, so that the median of two values is their middle.
 * Values are finite, and at least one has a weight; `values` is reordered when there are no weights.
 *
 * Source: Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996) 361-365,
 * definition 2, with weights in place of counts.
 */
export function quantileOf(values: Float64Array, weights: Float64Array | undefined, level: number): number {
  return weights === undefined ? plainQuantile(values, level) : weightedQuantile(values, weights, level);
}

function plainQuantile(values: Float64Array, level: number): number {
  values.sort();
  const rank = level * values.length;
  const upper = Math.min(Math.floor(rank), values.length - 1);
  const lower = Math.max(Math.ceil(rank) - 1, 0);
  return middle(values[lower] ?? Number.NaN, values[upper] ?? Number.NaN);
}

function weightedQuantile(values: Float64Array, weights: Float64Array, level: number): number {
  const order = Uint32Array.from(values, (_, i) => i)
    .filter(i => (weights[i] ?? 0) > 0)
    .sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
  let total = 0;
  for (const i of order) total += weights[i] ?? 0;
  const wanted = level * total;
  let below = 0;
  for (const [rank, i] of order.entries()) {
    below += weights[i] ?? 0;
    if (below < wanted && rank < order.length - 1) continue;
    const value = values[i] ?? Number.NaN;
    const next = values[order[rank + 1] ?? i] ?? value;
    return below === wanted ? middle(value, next) : value;
  }
  return Number.NaN;
}

const middle = (a: number, b: number): number => (a === b ? a : a + (b - a) / 2);
