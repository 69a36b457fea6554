/** A distribution of numbers as points with weights: a sample, where each value has its count, or a coarser picture. */
export interface Points {
  /** Ascending. */
  readonly values: Float64Array;
  /** Positive, of any total. */
  readonly weights: Float64Array;
}

/** A sorted sample as points, each value of which counts once. */
export const samplePoints = (sorted: Float64Array): Points => ({
  values: sorted,
  weights: new Float64Array(sorted.length).fill(1),
});

export const totalOf = (numbers: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i] ?? 0;
  return sum;
};

/** Mean and standard deviation (of the population, divisor n) of points; NaN without any. */
export function momentsOf({ values, weights }: Points): { readonly mean: number; readonly sd: number } {
  const total = totalOf(weights);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) * (weights[i] ?? 0);
  const mean = sum / total;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] ?? 0) - mean) ** 2 * (weights[i] ?? 0);
  return { mean, sd: Math.sqrt(squares / total) };
}

/**
 * Walks through the steps of two distributions in the order of their values.
 * @param take Gets the shares of both that lie at or below a value, that value, and the next one (the last: itself).
 */
export function walk(
  one: Points,
  other: Points,
  take: (belowOne: number, belowOther: number, value: number, next: number) => void,
): void {
  const [totalOne, totalOther] = [totalOf(one.weights), totalOf(other.weights)];
  let [i, j, a, b] = [0, 0, 0, 0];
  let value = Math.min(
    one.values[0] ?? Number.POSITIVE_INFINITY,
    other.values[0] ?? Number.POSITIVE_INFINITY,
  );
  while (i < one.values.length || j < other.values.length) {
    while (one.values[i] === value) a += one.weights[i++] ?? 0;
    while (other.values[j] === value) b += other.weights[j++] ?? 0;
    const next = Math.min(
      one.values[i] ?? Number.POSITIVE_INFINITY,
      other.values[j] ?? Number.POSITIVE_INFINITY,
    );
    take(a / totalOne, b / totalOther, value, next === Number.POSITIVE_INFINITY ? value : next);
    value = next;
  }
}
