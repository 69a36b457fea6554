import { type GridStep, periodOf } from '../../data/series/grid.ts';
import { compareKeys, keyId, type Series } from '../../data/series.ts';
import { compareColumn } from './compare-column.ts';
import { judgeColumns } from './dataset-drift.ts';
import type { ColumnDrift, DriftRecord } from './drift-record.ts';
import type { SeriesReference } from './reference-record.ts';
import { deviationsFrom, nameOf } from './series-level.ts';

/** Fewer periods say little of a level. */
const LEAST_PERIODS = 14;

/** Series that are named when they appear or vanish. */
const NAMED = 20;

/** Periods that drift of series looks back at: those of the window, a season, or two weeks of days. */
export const periodsFor = ({ season }: SeriesReference, periods: number): number =>
  Math.max(periods, season ?? 1, LEAST_PERIODS);

/**
 * How far the level of each series is from what it usually is at that time of the season, and which series appeared or
 * vanished. A series that has no value for longer than it ever had none counts as drifted.
 * @param o.observed What happened from `from` on; periods that the data does not reach to are missing.
 */
export function measureSeriesDrift(o: {
  readonly version: number;
  readonly reference: SeriesReference;
  readonly observed: readonly Series[];
  readonly every: GridStep;
  readonly from: Date;
  readonly settings: { readonly share: number; readonly psi: boolean };
  /** What is known of the forecasts. */
  readonly prediction: ColumnDrift | null;
}): DriftRecord {
  const { reference, observed, every, from, prediction } = o;
  const first = periodOf(from, every) - periodOf(new Date(reference.start), every);
  const seen = new Map(observed.map(series => [keyId(series.key), series.values]));
  const periods = Math.max(0, ...observed.map(({ values }) => 1 + values.findLastIndex(Number.isFinite)));
  const columns = reference.series.map(({ key, means, longestGap, sketch }): ColumnDrift => {
    const values = seen.get(keyId(key)) ?? new Float64Array(periods).fill(Number.NaN);
    const deviations = deviationsFrom(means, values, first).filter(Number.isFinite);
    const name = nameOf(key);
    const column = { kind: 'numeric', name, values: deviations } as const;
    const options = { cells: undefined, psi: o.settings.psi, dependent: true };
    const compared = compareColumn(name, sketch, column, options);
    const gone = periods > longestGap && !values.some(Number.isFinite);
    return gone ? { ...compared, drifted: true, reason: `No value in ${periods} periods` } : compared;
  });
  const known = reference.keys && new Set(reference.keys);
  const hasValues = (values: Float64Array): boolean => values.some(Number.isFinite);
  return {
    ...{ version: o.version, dataset: reference.dataset, season: reference.season, prediction },
    from: from.toISOString(),
    rows: {
      reference: reference.rows,
      window: observed.reduce((sum, { values }) => sum + values.filter(Number.isFinite).length, 0),
    },
    ...judgeColumns(columns, o.settings.share),
    series: known && {
      appeared: observed
        .filter(({ key, values }) => hasValues(values) && !known.has(keyId(key)))
        .toSorted((a, b) => compareKeys(a.key, b.key))
        .map(({ key }) => nameOf(key))
        .slice(0, NAMED),
      vanished: reference.series
        .filter(
          ({ key, longestGap }) =>
            periods > longestGap && !hasValues(seen.get(keyId(key)) ?? new Float64Array(0)),
        )
        .map(({ key }) => nameOf(key))
        .slice(0, NAMED),
    },
  };
}
