import { rmSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../../core/data/quote.ts';
import { timed } from './timed.ts';

/** The yardstick: DuckDB alone reads a file and writes it as Parquet, with types that it guesses and no checks. */
const [source = '', target = ''] = process.argv.slice(2);
rmSync(target, { force: true });
await timed(async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  await connection.run(`COPY (FROM ${literal(source)}) TO ${literal(target)} (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
});
