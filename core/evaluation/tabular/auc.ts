import { valueAt } from '../../data/series.ts';
import type { Drawn } from './drawn.ts';

/**
 * The area under the ROC curve: the probability that a positive example gets a higher score than a negative one, where
 * equal scores count half. Null where there are no positive or no negative examples.
 *
 * Sources: Hanley and McNeil, "The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve",
 * Radiology 143 (1982) 29-36; Mann and Whitney, "On a Test of Whether one of Two Random Variables is Stochastically
 * Larger than the Other", Annals of Mathematical Statistics 18 (1947) 50-60.
 * @param isPositive Whether an example is positive, by its index.
 */
export function drawnAuc(scores: Float64Array, isPositive: (index: number) => boolean): Drawn {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => valueAt(scores, a) - valueAt(scores, b),
  );
  const positive = Uint8Array.from(scores, (_, i) => Number(isPositive(i)));
  return times => {
    let [won, positives, negatives] = [0, 0, 0];
    for (let from = 0; from < order.length; ) {
      const score = scores[order[from] ?? 0];
      let [tiedPositives, tiedNegatives, to] = [0, 0, from];
      for (; to < order.length; to++) {
        const i = order[to] ?? 0;
        if (scores[i] !== score) break;
        const count = times?.[i] ?? 1;
        if (positive[i] === 1) tiedPositives += count;
        else tiedNegatives += count;
      }
      won += tiedPositives * (negatives + tiedNegatives / 2);
      positives += tiedPositives;
      negatives += tiedNegatives;
      from = to;
    }
    return positives === 0 || negatives === 0 ? null : won / (positives * negatives);
  };
}
