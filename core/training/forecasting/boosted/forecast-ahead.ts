import { type BoostedModel, predict } from '../../gradient-boosting/index.ts';
import type { Past } from './learn-from-past.ts';
import { momentsOf } from './moments.ts';
import { tabulate } from './tabulate.ts';

/** Forecasts that are made together: their features take some 20 MB. */
const MOST_ROWS = 100_000;

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
    for (const indices of inBlocks(series.length, Math.max(Math.floor(MOST_ROWS / reach), 1))) {
      const moments = momentsOf(
        indices.flatMap(index =>
          Array.from({ length: reach }, (_, i) => ({ series: index, origin, target: origin + i })),
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
  }
  return series.map(one => Float64Array.from({ length: horizon }, (_, i) => one.at(end + i)));
}

/** The numbers 0 … count − 1, so many at a time. */
function* inBlocks(count: number, size: number): Generator<number[]> {
  for (let from = 0; from < count; from += size) {
    yield Array.from({ length: Math.min(size, count - from) }, (_, i) => from + i);
  }
}
