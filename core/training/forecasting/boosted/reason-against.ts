import type { FeaturePlan } from './feature-plan.ts';
import type { KnownSeries } from './known-series.ts';
import { levelAt } from './level.ts';

/** Why a series cannot be put in units of its level, or undefined when it can. */
export function reasonAgainst(
  series: KnownSeries,
  { window }: Pick<FeaturePlan, 'window'>,
): string | undefined {
  const { first, length } = series;
  if (length - first < window) return `the history is shorter than ${window} steps`;
  if (series.count(length - window, length) === 0) return `the last ${window} steps have no value`;
  return levelAt(series, length, window) === undefined ? 'the history is constant' : undefined;
}
