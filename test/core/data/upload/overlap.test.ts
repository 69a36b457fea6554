import { expect, test } from 'vitest';
import type { Violation } from '../../../../core/data/upload/verdict.ts';
import { deliver, emptyStore, specOf } from './upload-harness.ts';

const COLUMNS = { id: { type: 'integer' }, at: { type: 'date' }, shop: { type: 'string' } };
const HEADER = 'id,at,shop\n';

/** Delivers files to one store, an hour apart; the overlaps that the last one was warned of. */
async function overlapsOf(
  table: Record<string, unknown>,
  files: readonly string[],
): Promise<[string, number][]> {
  const data = emptyStore();
  const spec = specOf({ time: 'at', columns: COLUMNS, ...table });
  let warnings: readonly Violation[] = [];
  for (const [i, rows] of files.entries()) {
    const time = new Date(Date.UTC(2026, 1, 1, i)).toISOString();
    const verdict = await deliver(`${HEADER}${rows}`, { data, spec, time, file: `${i + 1}.csv` });
    expect(verdict.accepted).toBe(true);
    ({ warnings } = verdict);
  }
  return warnings.filter(({ rule }) => rule === 'key.overlap').map(({ found, rows }) => [found, rows]);
}

const FIRST = '1,2026-01-01,a\n2,2026-01-02,a\n3,2026-01-03,b\n';

test.each<[string, Record<string, unknown>, string[], [string, number][]]>([
  [
    'files that overlap',
    { key: 'id' },
    [FIRST, '3,2026-01-03,b\n4,2026-01-04,a\n'],
    [['1 of 2 rows (50 %) have one, such as 3; earlier: 1.csv', 1]],
  ],
  [
    'a row that changed',
    { key: 'id' },
    [FIRST, '9,2026-01-08,a\n2,2026-01-09,b\n'],
    [['1 of 2 rows (50 %) have one, such as 2; earlier: 1.csv', 1]],
  ],
  [
    'several earlier files',
    { key: 'id' },
    ['1,2026-01-01,a\n', '7,2026-01-02,a\n', '5,2026-01-03,a\n', '1,2026-01-01,c\n5,2026-01-03,a\n'],
    [['2 of 2 rows (100 %) have one, such as 1; earlier: 1.csv, 3.csv', 2]],
  ],
  ['files that follow one another', { key: 'id' }, [FIRST, '4,2026-01-04,a\n'], []],
  [
    'keys between those of another file',
    { key: 'id' },
    ['1,2026-01-01,a\n9,2026-01-01,a\n', '5,2026-01-02,a\n'],
    [],
  ],
  ['half a key', { key: ['at', 'shop'] }, [FIRST, '4,2026-01-03,a\n'], []],
  [
    'a whole key of two columns',
    { key: ['at', 'shop'] },
    [FIRST, '4,2026-01-03,b\n'],
    [['1 of 1 rows (100 %) have one, such as 2026-01-03, b; earlier: 1.csv', 1]],
  ],
  [
    'a missing key',
    { key: ['id', 'shop'] },
    ['1,2026-01-01,\n2,2026-01-01,a\n', '1,2026-01-01,\n3,2026-01-02,a\n'],
    [],
  ],
  ['the same rows in another file', { key: 'id' }, [FIRST, FIRST.replaceAll('\n', '\r\n')], []],
  ['a table that is replaced', { key: 'id', mode: 'replace' }, [FIRST, '3,2026-01-03,c\n'], []],
  ['no key', {}, [FIRST, '3,2026-01-03,c\n'], []],
])('%s', async (_, table, files, expected) => {
  expect(await overlapsOf(table, files)).toEqual(expected);
});

test('a file that is delivered again is judged as it was the first time', async () => {
  const data = emptyStore();
  const spec = specOf({ time: 'at', key: 'id', columns: COLUMNS });
  const again = { data, spec, file: 'a.csv', time: '2026-02-01T00:00:00.000Z' };
  const first = await deliver(`${HEADER}${FIRST}`, again);
  await deliver(`${HEADER}3,2026-01-03,c\n`, { data, spec, file: 'b.csv', time: '2026-02-01T01:00:00.000Z' });
  expect(await deliver(`${HEADER}${FIRST}`, again)).toEqual(first);
});
