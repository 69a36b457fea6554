import type { Column } from '../../data/features/columns.ts';
import { compareColumn } from './compare-column.ts';
import { judgeColumns } from './dataset-drift.ts';
import type { ColumnDrift, DriftRecord } from './drift-record.ts';
import type { RowReference } from './reference-record.ts';
import { cellsAt } from './season-cells.ts';

/** Rows of a window, by column. */
export interface WindowRows {
  readonly rows: number;
  /** The features that the version looks at. */
  readonly columns: readonly Column[];
  /** When each row happened, in milliseconds since 1970; NaN where that is unknown. */
  readonly moments: Float64Array;
}

/**
 * How far the features of a window are from the reference of a version.
 * @param o.prediction What is known of the predictions by now.
 */
export function measureRowDrift(o: {
  readonly version: number;
  readonly reference: RowReference;
  readonly window: WindowRows;
  readonly from: Date;
  readonly settings: { readonly share: number; readonly psi: boolean };
  readonly prediction: ColumnDrift | null;
}): DriftRecord {
  const { reference, window, settings, prediction } = o;
  const cells = reference.season === null ? undefined : cellsAt(reference.season, window.moments);
  const columns = new Map(window.columns.map(column => [column.name, column]));
  const features = reference.features.flatMap(({ name, sketch }) => {
    const column = columns.get(name);
    return column === undefined ? [] : compareColumn(name, sketch, column, { cells, psi: settings.psi });
  });
  return {
    from: o.from.toISOString(),
    ...{ version: o.version, dataset: reference.dataset, season: reference.season, prediction, series: null },
    rows: { reference: reference.rows, window: window.rows },
    ...judgeColumns(features, settings.share),
  };
}
