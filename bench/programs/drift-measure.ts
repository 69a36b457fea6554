import { readFileSync } from 'node:fs';
import { readColumns } from '../../core/data/dataset/read-examples.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { parquetRows } from '../../core/data/parquet-rows.ts';
import { measureRowDrift } from '../../core/monitoring/drift/measure-row-drift.ts';
import { rowReferenceSchema } from '../../core/monitoring/drift/reference-record.ts';
import { DRIFT_FEATURES } from './drift-features.ts';
import { timed } from './timed.ts';

/** Drift of a window in Parquet against a stored reference: both are read, and nothing else. */
const [rows = '', file = '', path = ''] = process.argv.slice(2);
await timed(async () => {
  const reference = rowReferenceSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const columns = await withDuckDb({ paths: [file] }, connection =>
    readColumns(connection, parquetRows([file]), Number(rows), DRIFT_FEATURES),
  );
  const { tested } = measureRowDrift({
    ...{ version: 1, reference, from: new Date(0), prediction: null },
    window: { rows: Number(rows), columns, moments: new Float64Array(0) },
    settings: { share: 0.5, psi: false },
  });
  if (tested !== DRIFT_FEATURES.length) throw new Error(`${tested} features were compared`);
});
