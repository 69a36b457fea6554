import { Random } from '../../gradient-boosting/random.ts';
import { drawSample } from '../../gradient-boosting/sampling.ts';
import type { FeaturePlan } from './feature-plan.ts';
import type { KnownSeries } from './known-series.ts';
import { levelAt } from './level.ts';
import { type Moment, type Moments, momentsOf } from './moments.ts';

/** Examples to learn from at most: they and their bins take some 100 MB, whatever the dataset's size. */
const MOST_EXAMPLES = 300_000;

/** Targets of one origin at most. They look at the same past: more of them cost time and tell little. */
const MOST_TARGETS = 3;

/**
 * Moments of the past to learn from: of every origin after the first season of a series up to three targets that are
 * known, evenly over the distances that the model is to reach; of a dataset with more, a random sample of origins.
 * The same seed draws the same moments.
 */
export function drawMoments(
  { window, reach }: Pick<FeaturePlan, 'window' | 'reach'>,
  series: readonly KnownSeries[],
  seed: number,
): Moments {
  const random = Random.seeded(seed);
  const origins = series.reduce((sum, { first, length }) => sum + Math.max(length - first - window, 0), 0);
  const targets = Math.max(Math.min(MOST_TARGETS, reach, Math.floor(MOST_EXAMPLES / origins)), 1);
  const sample = origins > MOST_EXAMPLES ? drawSample(origins, MOST_EXAMPLES, random).drawn : undefined;
  const moments: Moment[] = [];
  let number = 0;
  let drawn = 0;
  for (const [index, own] of series.entries()) {
    for (let origin = own.first + window; origin < own.length; origin++) {
      const isDrawn = sample === undefined || sample[drawn] === number;
      number++;
      if (!isDrawn) continue;
      drawn++;
      const first = random.below(reach);
      if (levelAt(own, origin, window) === undefined) continue;
      for (let i = 0; i < targets; i++) {
        const target = origin + ((first + Math.floor((i * reach) / targets)) % reach);
        if (!Number.isNaN(own.at(target))) moments.push({ series: index, origin, target });
      }
    }
  }
  return momentsOf(moments);
}
