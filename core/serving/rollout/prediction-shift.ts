/** What two versions predicted for the same row. */
export interface Pair {
  readonly champion: number | string;
  readonly challenger: number | string;
}

/**
 * How far the challenger's predictions lie from the champion's on the same rows; 0 when they are distributed alike.
 * Numbers: the Wasserstein distance of the two distributions over the standard deviation of the champion's. Classes: the
 * total variation distance, which is the share of rows that would have to change their class.
 * @returns null where there is nothing to compare, or the champion always says the same: every other model then differs.
 * @see L. N. Vaserstein, "Markov processes over denumerable products of spaces", 1969.
 */
export function predictionShift(pairs: readonly Pair[]): number | null {
  const champion = pairs.map(pair => pair.champion);
  const challenger = pairs.map(pair => pair.challenger);
  if (champion.length === 0 || champion.every(prediction => prediction === champion[0])) return null;
  return champion.every(isNumber) && challenger.every(isNumber)
    ? wasserstein(champion, challenger) / standardDeviation(champion)
    : totalVariation(champion.map(String), challenger.map(String));
}

const isNumber = (prediction: number | string): prediction is number => typeof prediction === 'number';

/** Of two samples of one size: the mean distance of their values in order. */
function wasserstein(some: readonly number[], others: readonly number[]): number {
  const [a, b] = [Float64Array.from(some).sort(), Float64Array.from(others).sort()];
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? Number.NaN)), 0) / a.length;
}

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function totalVariation(some: readonly string[], others: readonly string[]): number {
  const excess = new Map<string, number>();
  for (const one of some) excess.set(one, (excess.get(one) ?? 0) + 1);
  for (const one of others) excess.set(one, (excess.get(one) ?? 0) - 1);
  return [...excess.values()].reduce((sum, count) => sum + Math.abs(count), 0) / (2 * some.length);
}
