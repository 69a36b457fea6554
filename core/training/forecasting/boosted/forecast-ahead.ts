import { type BoostedModel, predict } from '../../gradient-boosting/index.ts';
import type { Past } from './learn-from-past.ts';
import { momentsOf } from './moments.ts';
import { tabulate } from './tabulate.ts';

/**
 * The steps after the end of every series. A model that reaches less far than the horizon takes its own forecasts for
 * known values to go on from.
 * @param past Its series are continued in place.
 * @returns By series; not finite where a forecast leaves the range of numbers.
 */
export function forecastAhead(model: BoostedModel, past: Past, horizon: number): Float64Array[] {
  const { plan, series, names } = past;
  const end = series[0]?.length ?? 0;
  for (let origin = end; origin < end + horizon; origin += plan.reach) {
    const reach = Math.min(plan.reach, end + horizon - origin);
    const moments = momentsOf(
      series.flatMap((_, index) =>
        Array.from({ length: reach }, (_ahead, i) => ({ series: index, origin, target: origin + i })),
      ),
    );
    const { columns, levels } = tabulate(plan, series, names, moments);
    const [deviations] = predict(model, columns);
    for (const [row, level] of levels.entries()) {
      const deviation = deviations?.[row] ?? Number.NaN;
      const value = level === undefined ? Number.NaN : level.centre + deviation * level.scale;
      series[moments.series[row] ?? -1]?.append(value);
    }
  }
  return series.map(one => Float64Array.from({ length: horizon }, (_, i) => one.at(end + i)));
}
