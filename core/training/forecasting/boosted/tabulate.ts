import type { CategoricalColumn, Column } from '../../../data/features/columns.ts';
import type { FeaturePlan } from './feature-plan.ts';
import type { KnownSeries } from './known-series.ts';
import { type Level, levelAt } from './level.ts';
import type { Moments } from './moments.ts';

/** Examples of forecasts: what was known at each moment, in units of the series' level. */
export interface Tabulated {
  readonly columns: readonly Column[];
  /** By moment; undefined where there is none, and then its features are missing. */
  readonly levels: readonly (Level | undefined)[];
}

/** Same phases of the season before the target that are features of their own, and those that their mean is taken of. */
const PHASES = 3;
const PHASES_IN_MEAN = 4;

/** A number that is looked at: of a series, an origin and a target; in units of the level where it is a value. */
interface NumericFeature {
  readonly name: string;
  readonly of: (series: KnownSeries, origin: number, target: number, level: Level) => number;
}

/**
 * The features of moments. Those of a moment depend on values before its origin, on its time and on which series it is
 * of: never on a value at the origin or later.
 * @param names Of each series, all different.
 */
export function tabulate(
  plan: FeaturePlan,
  series: readonly KnownSeries[],
  names: readonly string[],
  moments: Moments,
): Tabulated {
  const features = numericFeatures(plan);
  const rows = moments.series.length;
  const columns = features.map(({ name }) => ({
    ...{ kind: 'numeric' as const, name, values: new Float64Array(rows).fill(Number.NaN) },
  }));
  const levels: (Level | undefined)[] = [];
  for (let row = 0; row < rows; row++) {
    const own = series[moments.series[row] ?? -1];
    const origin = moments.origin[row] ?? 0;
    const level = own && levelAt(own, origin, plan.window);
    levels.push(level);
    if (own === undefined || level === undefined) continue;
    for (const [index, { of }] of features.entries()) {
      const column = columns[index];
      if (column !== undefined) column.values[row] = of(own, origin, moments.target[row] ?? 0, level);
    }
  }
  const identity: CategoricalColumn = {
    ...{ kind: 'categorical', name: 'series', codes: moments.series, categories: names },
  };
  return { columns: series.length > 1 ? [...columns, identity] : columns, levels };
}

function numericFeatures({ lags, seasons, windows, calendar, reach }: FeaturePlan): NumericFeature[] {
  const value =
    (of: (series: KnownSeries, origin: number, target: number) => number): NumericFeature['of'] =>
    (series, origin, target, { centre, scale }) =>
      (of(series, origin, target) - centre) / scale;
  return [
    ...Array.from({ length: lags }, (_, i) => ({
      name: `lag ${i + 1}`,
      of: value((series, origin) => series.at(origin - 1 - i)),
    })),
    ...seasons.flatMap(season => [
      ...Array.from({ length: PHASES }, (_, i) => ({
        name: `season of ${season}, ${i + 1} before`,
        of: value((series, origin, target) => series.at(lastOfPhase(origin, target, season) - i * season)),
      })),
      {
        name: `season of ${season}, mean`,
        of: value((series, origin, target) => phaseMean(series, lastOfPhase(origin, target, season), season)),
      },
    ]),
    ...windows.flatMap(window => [
      { name: `mean of ${window}`, of: value((series, origin) => series.mean(origin - window, origin)) },
      {
        name: `deviation of ${window}`,
        of: (series: KnownSeries, origin: number, _: number, { scale }: Level) =>
          series.deviation(origin - window, origin) / scale,
      },
    ]),
    ...calendar.map(({ name, values }) => ({
      name,
      of: (_series: KnownSeries, _origin: number, target: number) => values[target] ?? Number.NaN,
    })),
    ...(reach > 1
      ? [{ name: 'steps ahead', of: (_: KnownSeries, origin: number, target: number) => target - origin + 1 }]
      : []),
  ];
}

/** The last step before the origin in the same phase of the season as the target. */
const lastOfPhase = (origin: number, target: number, season: number): number =>
  target - season * Math.ceil((target - origin + 1) / season);

/** Mean of the known values of the last seasons in one phase; NaN without any. */
function phaseMean(series: KnownSeries, last: number, season: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < PHASES_IN_MEAN; i++) {
    const value = series.at(last - i * season);
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
