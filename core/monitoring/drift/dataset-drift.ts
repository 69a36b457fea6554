import type { ColumnDrift, DriftRecord } from './drift-record.ts';

/** Columns that a record shows: a model may have thousands of series. */
const SHOWN = 100;

/** The verdict over all features: Evidently's share of drifted columns. */
export function judgeColumns(
  columns: readonly ColumnDrift[],
  threshold: number,
): Pick<DriftRecord, 'features' | 'tested' | 'drifted' | 'share' | 'threshold' | 'datasetDrift'> {
  const features = columns.toSorted(
    (a, b) => (b.excess ?? -1) - (a.excess ?? -1) || (a.name < b.name ? -1 : 1),
  );
  const tested = features.filter(one => one.drifted || one.excess !== null).length;
  const drifted = features.filter(one => one.drifted).length;
  const share = tested === 0 ? null : drifted / tested;
  return {
    features: features.slice(0, SHOWN),
    tested,
    drifted,
    share,
    threshold,
    datasetDrift: share !== null && share >= threshold,
  };
}
