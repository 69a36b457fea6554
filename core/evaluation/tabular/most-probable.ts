import { valueAt } from '../../data/series.ts';

/** For each row the class with the highest probability; of equal ones the first. */
export function mostProbable(probabilities: readonly Float64Array[], rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => {
    let best = 0;
    for (const [k, column] of probabilities.entries()) {
      if (valueAt(column, i) > valueAt(probabilities[best] ?? column, i)) best = k;
    }
    return best;
  });
}
