import { periodOf } from '../../data/series/grid.ts';
import { keyId } from '../../data/series.ts';
import { readableNumber } from '../../insights/readable.ts';
import type { Forecast } from '../../serving/forecast.ts';
import { boundOf, spreadOf } from './chunks.ts';
import { FAR } from './compare-column.ts';
import type { ColumnDrift } from './drift-record.ts';
import type { SeriesReference } from './reference-record.ts';
import { deviationsFrom, nameOf } from './series-level.ts';
import { type NumberSketch, presentOf } from './sketch-record.ts';

/** Series that the reason names. */
const NAMED = 3;

/** How far the forecast of a series is from what is usual. */
interface Level {
  readonly name: string;
  /** Standard deviations of the series' own deviations, and how many of them chance may make. */
  readonly distance: number;
  readonly threshold: number;
}

/**
 * How far a forecast is from what is usual in the same places of the season. A forecast is smoother than what happens, so
 * that the two distributions always differ; their levels need not. The level of a forecast, the mean of its deviations
 * over the whole horizon, is the part of Wasserstein's distance that no smoothness explains. It is held against how far
 * single values of the history were from what is usual, mean plus three standard deviations: an expectation varies no
 * more than what it is of (the law of total variance), and the most naive forecast, which repeats the last value, varies
 * as much as one.
 *
 * The whole has drifted when as large a share of the series has as counts for the input; told are the distance and the
 * threshold of the series that decides it.
 * @param share From which on the whole counts as drifted.
 * @returns null where no series of the reference is forecast.
 */
export function measureForecastDrift(
  reference: SeriesReference,
  { grid, series }: Forecast,
  share: number,
): ColumnDrift | null {
  const first = periodOf(grid.start, grid.every) - periodOf(new Date(reference.start), grid.every);
  const forecasts = new Map(series.map(({ key, forecast }) => [keyId(key), forecast]));
  let [cells, missing] = [0, 0];
  const levels = reference.series.flatMap(({ key, means, sketch }): Level[] => {
    const forecast = forecasts.get(keyId(key));
    if (forecast === undefined) return [];
    const deviations = deviationsFrom(means, forecast, first).filter(Number.isFinite);
    cells += forecast.length;
    missing += forecast.length - deviations.length;
    // Of one value nobody knows how it varies.
    if (deviations.length === 0 || presentOf(sketch) < 2) return [];
    const level = deviations.reduce((sum, value) => sum + value, 0) / deviations.length;
    const bound = boundOf(spreadOfSingles(sketch));
    return [{ name: nameOf(key), distance: Math.abs(level) / sketch.sd, threshold: Math.max(FAR, bound) }];
  });
  const furthest = levels.toSorted((a, b) => excessOf(b) - excessOf(a) || (a.name < b.name ? -1 : 1));
  const deciding = furthest.find((_, i) => (i + 1) / furthest.length >= share);
  if (deciding === undefined) return null;
  return {
    ...{ name: 'level of the forecasts', kind: 'number', test: 'level', p: null },
    ...{ statistic: deciding.distance, distance: deciding.distance, threshold: deciding.threshold },
    ...{ excess: excessOf(deciding), drifted: excessOf(deciding) > 1, reason: reasonOf(furthest) },
    missing: { reference: 0, window: missing / cells, threshold: FAR },
    ...{ unseen: null, psi: null, histogram: { labels: [], reference: [], window: [] } },
  };
}

const excessOf = ({ distance, threshold }: Level): number => distance / threshold;

/** How far single values of the history are from what is usual, in its standard deviations. */
function spreadOfSingles({ overall: { values, weights }, sd }: NumberSketch) {
  const distances = values.flatMap((value, i) => Array<number>(weights[i] ?? 0).fill(Math.abs(value) / sd));
  return spreadOf(distances);
}

function reasonOf(furthest: readonly Level[]): string {
  const drifted = furthest.filter(level => excessOf(level) > 1);
  const named = (drifted.length > 0 ? drifted.slice(0, NAMED) : furthest.slice(0, 1)).map(
    ({ name, distance, threshold }) =>
      `${name} by ${readableNumber(distance)} standard deviations, of which ${readableNumber(threshold)} may be chance`,
  );
  return (
    `${drifted.length} of ${furthest.length} series are forecast further from what is usual than their history was; ` +
    `furthest ${named.join('; ')}`
  );
}
