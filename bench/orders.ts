import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../core/data/quote.ts';

/** Contract of the generated orders. */
export const ORDERS_SPEC = `name: orders
task: forecasting
tables:
  orders:
    time: ordered_at
    columns:
      id: { type: integer, required: true, min: 0 }
      ordered_at: { type: timestamp, required: true }
      shop: { type: string, required: true, pattern: 'shop-[0-9]{3}' }
      article: { type: string, required: true, length: { min: 5, max: 20 } }
      quantity: { type: integer, required: true, min: 1, max: 100 }
      price: { type: number, required: true, min: 0, max: 10000 }
      paid: { type: boolean, required: true }
      channel: { type: string, values: [web, store, phone] }
series: { table: orders, by: [shop], time: ordered_at, every: 1 day, value: sum(quantity), fill: zero, season: [7] }
horizon: 14
`;

/** Writes so many rows × 8 columns of CSV, some 77 bytes a row; equal counts give equal files. */
export async function writeOrders(path: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  await connection.run(`
    COPY (
      SELECT
        i AS id,
        TIMESTAMP '2026-01-01' + INTERVAL (i * 15552000 // ${rows}) SECOND AS ordered_at,
        format('shop-{:03d}', hash(i) % 200) AS shop,
        format('article-{:08d}', hash(i + 1) % 50000) AS article,
        (hash(i + 2) % 100 + 1)::INTEGER AS quantity,
        (hash(i + 3) % 1000000 / 100.0)::DECIMAL(9, 2) AS price,
        hash(i + 4) % 10 > 0 AS paid,
        ['web', 'store', 'phone'][(hash(i + 5) % 3 + 1)::INTEGER] AS channel
      FROM range(${rows}) numbers(i)
    ) TO ${literal(path)} (FORMAT csv, HEADER)`);
  connection.closeSync();
  instance.closeSync();
}
