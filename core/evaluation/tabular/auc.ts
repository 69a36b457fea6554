import { valueAt } from '../../data/series.ts';

/**
 * The area under the ROC curve: the probability that a positive example gets a higher score than a negative one, where
 * equal scores count half. Computed from the sum of the positive examples' ranks, ties sharing their mean rank.
 *
 * Sources: Hanley and McNeil, "The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve",
 * Radiology 143 (1982) 29-36; Mann and Whitney, "On a Test of Whether one of Two Random Variables is Stochastically
 * Larger than the Other", Annals of Mathematical Statistics 18 (1947) 50-60.
 * @param isPositive Whether an example is positive, by its index.
 * @returns null where there are no positive or no negative examples.
 */
export function aucOf(scores: Float64Array, isPositive: (index: number) => boolean): number | null {
  const rows = scores.length;
  const order = Uint32Array.from({ length: rows }, (_, i) => i).sort(
    (a, b) => valueAt(scores, a) - valueAt(scores, b),
  );
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < rows; ) {
    const score = scores[order[from] ?? 0];
    let to = from;
    let tied = 0;
    while (to < rows && scores[order[to] ?? 0] === score) {
      if (isPositive(order[to] ?? 0)) tied++;
      to++;
    }
    // Ranks count from 1: those of this group are from + 1 to `to`.
    rankSum += (tied * (from + 1 + to)) / 2;
    positives += tied;
    from = to;
  }
  const negatives = rows - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
