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
  // In the order of the scores, so that a bootstrap, which comes a thousand times, reads memory from front to back.
  const positive = Uint8Array.from(order, i => Number(isPositive(i)));
  const endsTie = Uint8Array.from(order, (i, place) =>
    Number(valueAt(scores, i) !== scores[order[place + 1] ?? -1]),
  );
  return times => {
    let [won, positives, negatives, tiedPositives, tiedNegatives] = [0, 0, 0, 0, 0];
    for (let place = 0; place < order.length; place++) {
      const count = times === undefined ? 1 : (times[order[place] ?? 0] ?? 0);
      // Without a branch: no processor guesses which example comes next.
      const counted = count * (positive[place] ?? 0);
      tiedPositives += counted;
      tiedNegatives += count - counted;
      if (endsTie[place] === 0) continue;
      won += tiedPositives * (negatives + tiedNegatives / 2);
      positives += tiedPositives;
      negatives += tiedNegatives;
      tiedPositives = 0;
      tiedNegatives = 0;
    }
    return positives === 0 || negatives === 0 ? null : won / (positives * negatives);
  };
}
