import { describe, expect, test } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { exampleColumns, examplesQuery } from '../../../../core/data/features/examples-query.ts';
import { fc } from '../../../support/properties.ts';
import { createTables, flightsSection, type Row } from './fixture.ts';

const WEATHER = { table: 'weather', as: 'w', on: 'flights.origin = w.airport', asof: true };

/** The rows that the query gives, in the order of the ids. */
const run = (
  examples: Record<string, unknown>,
  rows: Record<string, Row[]>,
  target = true,
): Promise<unknown[][]> =>
  withDuckDb({ paths: [] }, async connection => {
    const section = flightsSection(examples);
    const relations = await createTables(connection, section, rows);
    const result = await connection.runAndReadAll(
      `${examplesQuery(section, relations, { target })} ORDER BY 1, 2`,
    );
    return result.getRowsJson();
  });

const FLIGHTS: Row[] = [
  ['2026-01-01 10:30', 'ABC', 100, 0],
  ['2026-01-02 11:00', 'XYZ', 200, 20],
  ['2026-01-03 12:00', null, 300, null],
];

describe('examples', () => {
  test('id, time, features and target; a row without a match keeps its place', async () => {
    const examples = {
      joins: [{ table: 'airports', as: 'o', on: 'flights.origin = o.iata' }],
      features: { hour: 'hour(date)', state: 'o.state -- where it leaves' },
    };
    expect(await run(examples, { flights: FLIGHTS, airports: [['ABC', 'NY']] })).toEqual([
      ['2026-01-01 10:30:00', 'ABC', '2026-01-01 10:30:00', '10', 'NY', false],
      ['2026-01-02 11:00:00', 'XYZ', '2026-01-02 11:00:00', '11', null, true],
      ['2026-01-03 12:00:00', null, '2026-01-03 12:00:00', '12', null, null],
    ]);
  });

  test('prediction computes the same features from a request, without a target', async () => {
    const examples = { where: 'distance < 300', features: { hour: 'hour(date)' } };
    expect(await run(examples, { flights: FLIGHTS }, false)).toEqual([
      ['2026-01-01 10:30:00', 'ABC', '2026-01-01 10:30:00', '10'],
      ['2026-01-02 11:00:00', 'XYZ', '2026-01-02 11:00:00', '11'],
    ]);
  });

  test('columns step aside where a feature has their name', () => {
    const features = { Target: 'distance', time: 'distance', id_date: 'distance', id_date_: 'distance' };
    expect(exampleColumns(flightsSection({ features }))).toEqual({
      features: ['Target', 'time', 'id_date', 'id_date_'],
      target: 'target_',
      time: 'time_',
      id: ['id_date__', 'id_origin'],
    });
  });

  test('names of tables and columns are never SQL', async () => {
    const section = flightsSection();
    const columns = { ...section.tables.flights?.columns, 'x"; DROP TABLE flights; --': { type: 'integer' } };
    const query = examplesQuery(
      { ...section, examples: { ...section.examples, id: Object.keys(columns).slice(-1) } },
      { flights: 'flights' },
      { target: false },
    );
    expect(query).toContain('"flights"."x""; DROP TABLE flights; --" AS "id_x""; DROP TABLE flights; --"');
  });
});

describe('as-of joins', () => {
  test('take the newest row at the time of the example or before it', async () => {
    const weather: Row[] = [
      ['ABC', '2026-01-01 09:00', 1],
      ['ABC', '2026-01-01 10:30', 2],
      ['ABC', '2026-01-01 10:31', 3],
      ['XYZ', '2026-01-02 11:01', 4],
    ];
    const examples = { joins: [WEATHER], features: { wind: 'w.wind' } };
    const winds = async (more: Record<string, unknown>): Promise<unknown[]> =>
      (await run({ ...examples, ...more }, { flights: FLIGHTS, weather }, false)).map(row => row[3]);
    expect(await winds({})).toEqual([2, null, null]);
    expect(await winds({ joins: [{ ...WEATHER, delay: '1 minute' }] })).toEqual([1, null, null]);
  });

  test('of the base table itself never take the row itself', async () => {
    const flights: Row[] = [
      ['2026-01-01 10:00', 'ABC', 1, 5],
      ['2026-01-01 11:00', 'ABC', 2, 7],
      ['2026-01-01 11:00', 'XYZ', 3, 9],
    ];
    const before = { table: 'flights', as: 'f', on: 'flights.origin = f.origin', asof: true };
    const rows = await run({ joins: [before], features: { last_delay: 'f.delay' } }, { flights }, false);
    expect(rows.map(row => row[3])).toEqual([null, '5', null]);
  });

  test('never look into the future, and never miss what was known', async () => {
    const minute = fc.integer({ min: 0, max: 60 });
    const airport = fc.constantFrom('ABC', 'XYZ');
    const cases = fc.record({
      flights: fc.array(fc.tuple(minute, airport), { minLength: 1, maxLength: 12 }),
      weather: fc.uniqueArray(fc.tuple(minute, airport), {
        maxLength: 30,
        selector: ([at, where]) => `${at} ${where}`,
      }),
      delay: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    });
    const clock = (at: number): string => new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString().slice(0, -1);
    await withDuckDb({ paths: [] }, async connection => {
      await fc.assert(
        fc.asyncProperty(cases, async ({ flights, weather, delay }) => {
          const join = { ...WEATHER, ...(delay !== undefined && { delay: `${delay} minutes` }) };
          const section = flightsSection({ id: 'distance', joins: [join], features: { wind: 'w.wind' } });
          const relations = await createTables(connection, section, {
            flights: flights.map(([at, where], i): Row => [clock(at), where, i, 0]),
            weather: weather.map(([at, where]): Row => [where, clock(at), at]),
          });
          const query = examplesQuery(section, relations, { target: false });
          const result = await connection.runAndReadAll(`SELECT wind FROM (${query}) ORDER BY id_distance`);
          const expected = flights.map(([at, where]) => {
            const known = weather.filter(([then, there]) => there === where && then + (delay ?? 0) <= at);
            return known.length === 0 ? null : Math.max(...known.map(([then]) => then));
          });
          expect(result.getRowsJS().map(([wind]) => wind)).toEqual(expected);
        }),
        { numRuns: 60 },
      );
    });
  });
});
