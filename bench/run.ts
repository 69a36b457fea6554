import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from '../cli/table.ts';
import { boosting } from './boosting.ts';
import { drift } from './drift.ts';
import { endpoint } from './endpoint.ts';
import { forecasting } from './forecasting.ts';
import { type Cost, measure, measureInTurn } from './measure.ts';
import { mstl } from './mstl.ts';
import { onnx } from './onnx.ts';
import { ORDERS_SPEC, writeOrders } from './orders.ts';
import { atMost, plain, type Row } from './rows.ts';

const dataSet = (file: string): string =>
  fileURLToPath(new URL(`../data/${file}`, import.meta.resolve('vega-datasets')));
const SPEC = fileURLToPath(import.meta.resolve('../models/departures.yaml'));

const directory = mkdtempSync(join(tmpdir(), 'antei-bench-'));

/** Three million real flights: what acceptance and snapshot cost over DuckDB alone. */
function flights(): Row[] {
  const file = dataSet('flights-3m.parquet');
  const state = join(directory, 'flights');
  const time = '2001-07-02T00:00:00Z';
  measure('accept', [state, SPEC, 'airports', dataSet('airports.csv'), time], 1);
  const [copy, accept, snapshot] = measureInTurn(
    [
      ['copy', file, join(directory, 'copy.parquet')],
      ['accept', state, SPEC, 'flights', file, time],
      ['snapshot', state, SPEC, time],
    ],
    5,
  );
  if (copy === undefined || accept === undefined || snapshot === undefined) return [];
  return [
    plain('3M flights: DuckDB alone, Parquet to Parquet', copy),
    plain('3M flights: validate and accept', accept),
    plain('3M flights: snapshot', snapshot),
    atMost(
      '3M flights: accept and snapshot over DuckDB',
      (accept.seconds + snapshot.seconds) / copy.seconds,
      2.5,
      '×',
    ),
  ];
}

/** Generated orders, one and ten million rows of CSV: growth of time and memory. */
async function orders(): Promise<Row[]> {
  const spec = join(directory, 'orders.yaml');
  writeFileSync(spec, ORDERS_SPEC);
  const costs: { copy: Cost; accept: Cost }[] = [];
  for (const rows of [1_000_000, 10_000_000]) {
    const file = join(directory, `orders-${rows}.csv`);
    await writeOrders(file, rows);
    costs.push({
      copy: measure('copy', [file, join(directory, 'copy.parquet')]),
      accept: measure('accept', [
        join(directory, `orders-${rows}`),
        spec,
        'orders',
        file,
        '2026-07-01T00:00:00Z',
      ]),
    });
    rmSync(join(directory, `orders-${rows}`), { recursive: true, force: true });
    rmSync(file);
  }
  const [small, large] = costs;
  if (small === undefined || large === undefined) return [];
  return [
    plain('1M × 8 CSV: DuckDB alone', small.copy),
    plain('1M × 8 CSV: validate and accept', small.accept),
    plain('10M × 8 CSV: DuckDB alone', large.copy),
    plain('10M × 8 CSV: validate and accept', large.accept),
    atMost('10M × 8 CSV: accept over DuckDB', large.accept.seconds / large.copy.seconds, 3, '×'),
    atMost('10M × 8 CSV: peak memory', large.accept.peak / 1000, 1.2, 'GB'),
    atMost('peak memory, 10M over 1M', large.accept.peak / small.accept.peak, 1.33, '×'),
    atMost(
      'growth of time with rows (exponent)',
      Math.log10(large.accept.seconds / small.accept.seconds),
      1,
      '',
    ),
  ];
}

try {
  process.stdout.write(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}\n\n`);
  const rows = [
    ...flights(),
    ...(await orders()),
    ...boosting(),
    ...onnx(),
    ...mstl(),
    ...forecasting(),
    ...(await endpoint(directory)),
    ...drift(directory),
  ];
  process.stdout.write(`${table(['what', 'measured', 'mark', ''], rows)}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
