/** Bins of values that a feature has at most; missing values have one more. Bin numbers fit in a byte. */
export const MOST_BINS = 255;

/**
 * Borders between bins of about equally many values: bin b holds the values v with
 * thresholds[b − 1] < v ≤ thresholds[b]. Up to 255 different values have a bin each; a value that alone fills a bin
 * has it to itself. Borders lie midway between neighbouring values.
 *
 * Source of the idea: Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", NeurIPS 2017.
 * @param sorted Ascending, without NaN.
 */
export function chooseThresholds(sorted: Float64Array): Float64Array {
  const distinct = countDistinct(sorted);
  const exact = distinct <= MOST_BINS;
  const thresholds: number[] = [];
  let left = sorted.length;
  let inBin = 0;
  for (let i = 0; i + 1 < sorted.length; ) {
    const value = sorted[i] ?? Number.NaN;
    let end = i + 1;
    while (end < sorted.length && sorted[end] === value) end++;
    if (end === sorted.length) break;
    inBin += end - i;
    // What is left is shared out again after each bin, so that a frequent value takes no room from the others.
    const full = inBin >= left / (MOST_BINS - thresholds.length);
    if (exact || (full && thresholds.length < MOST_BINS - 1)) {
      thresholds.push(between(value, sorted[end] ?? Number.NaN));
      left -= inBin;
      inBin = 0;
    }
    i = end;
  }
  return Float64Array.from(thresholds);
}

function countDistinct(sorted: Float64Array): number {
  let count = sorted.length === 0 ? 0 : 1;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) count++;
  return count;
}

/** A number from `low` up to, not including, `high`: their middle where there is one. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle > low && middle < high ? middle : low;
}

/** The bin of a value: the number of thresholds below it. */
export function binOf(value: number, thresholds: Float64Array): number {
  let from = 0;
  let length = thresholds.length;
  while (length > 0) {
    const half = length >> 1;
    if ((thresholds[from + half] ?? 0) < value) {
      from += half + 1;
      length -= half + 1;
    } else length = half;
  }
  return from;
}
