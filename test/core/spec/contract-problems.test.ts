import { describe, expect, it } from 'vitest';
import { contractProblems } from '../../../core/spec/contract-problems.ts';
import { specSchema } from '../../../core/spec/schema.ts';

const problemsOf = (t: Record<string, unknown>): string[] => {
  const { tables } = specSchema.parse({
    name: 'shop',
    task: 'forecasting',
    tables: { t },
    series: { table: 't', time: 'at', every: '1 day', value: 'count(*)' },
    horizon: 1,
  });
  if (tables.t === undefined) throw new Error('no table');
  return [...contractProblems(tables.t, ['tables', 't'])].map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
};

describe('the quality contract of a table', () => {
  it('has columns that SQL can tell apart', () => {
    expect(
      problemsOf({
        columns: { id: { type: 'integer' }, ID: { type: 'string' }, File_Row_Number: { type: 'integer' } },
      }),
    ).toEqual([
      'tables.t.columns.ID: differs from "id" in case only; SQL cannot tell the two apart',
      'tables.t.columns.File_Row_Number: is a name that the data engine uses itself; rename the column',
    ]);
  });

  it('allows values of the type of their column', () => {
    expect(
      problemsOf({
        columns: {
          s: { type: 'string', values: ['1', 1] },
          i: { type: 'integer', values: [1, 1.5, '1'] },
          n: { type: 'number', values: [1.5, true] },
          b: { type: 'boolean', values: [true, 'true'] },
          d: { type: 'date', values: ['2026-01-31', 'tomorrow'] },
        },
      }),
    ).toEqual([
      'tables.t.columns.s.values.1: found 1; the column is of type string',
      'tables.t.columns.i.values.1: found 1.5; the column is of type integer',
      'tables.t.columns.i.values.2: found "1"; the column is of type integer',
      'tables.t.columns.n.values.1: found true; the column is of type number',
      'tables.t.columns.b.values.1: found "true"; the column is of type boolean',
      'tables.t.columns.d.values.1: found "tomorrow"; the column is of type date',
    ]);
  });

  it('reads numbers in which thousands and decimals differ, and local times of a zone that exists', () => {
    const columns = { s: { type: 'string' } };
    expect(problemsOf({ columns, read: { thousands: '.' } })).toEqual([
      'tables.t.read.thousands: "." is the decimal separator already',
    ]);
    expect(problemsOf({ columns, read: { thousands: '.', decimal: ',' } })).toEqual([]);
    expect(problemsOf({ columns, read: { timezone: 'Asia/Tokyo' } })).toEqual([]);
    expect(problemsOf({ columns, read: { timezone: 'Tokyo' } })).toEqual([
      'tables.t.read.timezone: "Tokyo" is no time zone; allowed are IANA names such as Asia/Tokyo',
    ]);
    expect(problemsOf({ columns, read: { timezone: '+09:00' } })).toHaveLength(1);
  });
});
