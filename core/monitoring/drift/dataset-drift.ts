import type { ColumnDrift, DriftRecord } from './drift-record.ts';

/** The verdict over all features: Evidently's share of drifted columns. */
export function datasetDrift(
  columns: readonly ColumnDrift[],
  threshold: number,
): Pick<DriftRecord, 'features' | 'tested' | 'drifted' | 'share' | 'threshold' | 'dataset_drift'> {
  const features = columns.toSorted(
    (a, b) => (b.excess ?? -1) - (a.excess ?? -1) || (a.name < b.name ? -1 : 1),
  );
  const tested = features.filter(({ excess }) => excess !== null).length;
  const drifted = features.filter(one => one.drifted).length;
  const share = tested === 0 ? null : drifted / tested;
  return { features, tested, drifted, share, threshold, dataset_drift: share !== null && share >= threshold };
}
