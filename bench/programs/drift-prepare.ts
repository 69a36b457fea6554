import { writeFileSync } from 'node:fs';
import { readColumns } from '../../core/data/dataset/read-examples.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { parquetRows } from '../../core/data/parquet-rows.ts';
import { literal } from '../../core/data/quote.ts';
import { sketchColumn } from '../../core/monitoring/drift/sketch-column.ts';
import { DRIFT_FEATURES } from './drift-features.ts';
import { timed } from './timed.ts';

/** Eight generated features of so many rows as Parquet, and, where a second file is named, their reference. */
const [rows = '', seed = '', file = '', reference] = process.argv.slice(2);
await timed(() =>
  withDuckDb({ paths: [file], threads: 1, memory: '2GB' }, async connection => {
    await connection.run(`SELECT setseed(${Number(seed) / 100})`);
    await connection.run(`
      COPY (SELECT
        sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS bell, exp(3 * random()) AS skewed,
        random() AS even, floor(1000 * random() ** 2)::DOUBLE AS whole,
        CASE WHEN random() < 0.9 THEN 50 * random() END AS holes,
        'c' || floor(20 * random() ** 2)::INTEGER AS few, 'm' || floor(5000 * random() ** 3)::INTEGER AS many,
        CASE WHEN random() < 0.2 THEN 'yes' ELSE 'no' END AS binary
      FROM range(${Number(rows)})) TO ${literal(file)} (FORMAT parquet)
    `);
    if (reference === undefined) return;
    const columns = await readColumns(connection, parquetRows([file]), Number(rows), DRIFT_FEATURES);
    const features = columns.map(column => ({ name: column.name, sketch: sketchColumn(column) }));
    writeFileSync(
      reference,
      JSON.stringify({ dataset: 'bench', rows: Number(rows), season: null, features }),
    );
  }),
);
