import type { TestInterval } from '../../monitoring/prediction-reference.ts';
import type { MetricName } from '../../spec/metrics.ts';
import { seededRandom } from '../../training/seeded-random.ts';
import { BOOTSTRAP_SEED, differenceOf, drawRows } from '../bootstrap.ts';
import type { Drawn } from './drawn.ts';
import { resamplesFor } from './paired-predictions.ts';

/** Of the interval as a whole: each bound holds with half of the rest. */
export const INTERVAL_CONFIDENCE = 0.95;

/**
 * A metric of rows with the interval that a bootstrap over rows gives it (percentiles).
 *
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
 * @returns undefined where the metric is undefined.
 */
export function metricInterval(metric: MetricName, drawn: Drawn, rows: number): TestInterval | undefined {
  const value = drawn();
  if (value === null) return undefined;
  const random = seededRandom(BOOTSTRAP_SEED);
  const bound = (1 + INTERVAL_CONFIDENCE) / 2;
  const around = differenceOf(
    value,
    bound,
    resamplesFor(rows),
    () => drawn(drawRows(rows, random)) ?? Number.NaN,
  );
  return { metric, ...around, confidence: INTERVAL_CONFIDENCE };
}
