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
  if (levelAt(series, length, window) !== undefined) return undefined;
  return Number.isFinite(series.deviation(0, length))
    ? 'the history is constant'
    : 'the squares of its values leave the range of numbers';
}
