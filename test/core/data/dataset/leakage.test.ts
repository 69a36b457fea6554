import type { DuckDBConnection } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { refuseSharedKey, refuseSharedTime } from '../../../../core/data/dataset/leakage.ts';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { literal } from '../../../../core/data/quote.ts';
import { LeakageError } from '../../../../core/telemetry/errors.ts';

const check = (
  rows: [part: string, at: string, key: string | null][],
  judge: (connection: DuckDBConnection, rows: { from: string; part: string }) => Promise<void>,
): Promise<void> =>
  withDuckDb({ paths: [] }, connection => {
    const values = rows.map(
      ([part, at, key]) =>
        `(${literal(part)}, ${literal(at)}::TIMESTAMP, ${key === null ? 'NULL' : literal(key)})`,
    );
    return judge(connection, {
      from: `(VALUES ${values.join(', ')}) AS t("the part", moment, key)`,
      part: 'the part',
    });
  });

const time = (rows: Parameters<typeof check>[0]) =>
  check(rows, (c, from) => refuseSharedTime(c, from, 'moment'));
const key = (rows: Parameters<typeof check>[0]) => check(rows, (c, from) => refuseSharedKey(c, from, 'key'));

test('parts that follow each other are sound; a moment in two of them leaks', async () => {
  await time([
    ['train', '2026-01-02', 'a'],
    ['validation', '2026-01-03', 'a'],
    ['train', '2026-01-01', 'a'],
    ['test', '2026-01-04', 'a'],
  ]);
  await expect(
    time([
      ['train', '2026-01-03 12:00', 'a'],
      ['validation', '2026-01-03 11:00', 'a'],
    ]),
  ).rejects.toThrow(
    new LeakageError(
      'The time from 2026-01-03 11:00:00 to 2026-01-03 12:00:00 is in train and in validation: training would see what it is tested on.',
    ),
  );
  await expect(
    time([
      ['train', '2026-01-03', 'a'],
      ['test', '2026-01-03', 'a'],
    ]),
  ).rejects.toThrow('is in train and in test');
});

test('a key in two parts leaks', async () => {
  await key([
    ['train', '2026-01-01', 'a'],
    ['train', '2026-01-02', 'a'],
    ['test', '2026-01-01', 'b'],
  ]);
  await expect(
    key([
      ['train', '2026-01-01', 'a'],
      ['test', '2026-01-02', 'b'],
      ['train', '2026-01-02', 'b'],
    ]),
  ).rejects.toThrow(
    new LeakageError('The key b is in test and train: training would see what it is tested on.'),
  );
});
