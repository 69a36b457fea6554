import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PARTS } from '../../../../core/data/dataset/dataset-record.ts';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { buildExamples } from '../../../../core/data/features/build-examples.ts';
import { ROWS } from '../../../../core/data/features/examples-query.ts';
import { createFeatures, neededColumns, REQUEST_ROW } from '../../../../core/data/features/request-query.ts';
import type { TabularSection } from '../../../../core/data/features/tabular-section.ts';
import { parquetRows } from '../../../../core/data/parquet-rows.ts';
import { identifier } from '../../../../core/data/quote.ts';
import { DatasetError } from '../../../../core/telemetry/errors.ts';
import { createTables, flightsSection, type Row } from './fixture.ts';

const section = flightsSection({
  where: 'flights.delay IS NOT NULL',
  joins: [
    { table: 'airports', as: 'o', on: 'flights.origin = o.iata' },
    { table: 'weather', as: 'w', on: 'flights.origin = w.airport', asof: true, delay: '1 hour' },
    { table: 'flights', as: 'before', on: 'flights.origin = before.origin', asof: true },
  ],
  features: {
    hour: 'hour(flights.date)',
    share: '100.0 / nullif(flights.distance - 200, 0)',
    state: 'o.state',
    wind: 'w.wind',
    last_distance: 'before.distance',
  },
});

const TABLES: Record<string, Row[]> = {
  flights: [
    ['2026-01-01 10:30', 'ABC', 100, 0],
    ['2026-01-01 12:30', 'ABC', 200, 90],
    ['2026-01-02 11:00', 'XYZ', 300, 20],
    ['2026-01-03 12:00', 'ABC', 400, 5],
    ['2026-01-03 14:00', 'XYZ', 500, 50],
  ],
  airports: [['ABC', 'NY']],
  weather: [
    ['ABC', '2026-01-01 09:00', 3],
    ['ABC', '2026-01-01 12:00', 7],
    ['XYZ', '2026-01-03 10:00', 4],
  ],
};

/** The features of rows that are asked for, in their order. */
const featuresOf = (
  given: TabularSection,
  rows: string,
  tables: Record<string, Row[]> = TABLES,
): Promise<unknown[][]> =>
  withDuckDb({ paths: [] }, async connection => {
    const relations = await createTables(connection, given, tables);
    const kinds = Object.keys(given.examples.features).map(name => ({
      name,
      kind: name === 'state' ? ('category' as const) : ('number' as const),
    }));
    await createFeatures(connection, given, { ...relations, [ROWS]: rows }, kinds);
    const result = await connection.runAndReadAll(`FROM features ORDER BY ${identifier(REQUEST_ROW)}`);
    return result.getRowsJson();
  });

const asked = (query: string): string =>
  `(SELECT *, row_number() OVER (ORDER BY "date", origin) AS ${identifier(REQUEST_ROW)} FROM (${query}))`;

describe('features of a request', () => {
  test('are those of training, value for value', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'antei-request-'));
    try {
      const trained = await withDuckDb({ paths: [`${folder}/`], threads: 1 }, async connection => {
        const relations = await createTables(connection, section, TABLES);
        const { files } = await buildExamples(connection, section, relations, folder);
        const names = Object.keys(section.examples.features).map(identifier).join(', ');
        const result = await connection.runAndReadAll(
          `SELECT ${names} FROM ${parquetRows(PARTS.map(part => files[part]))} ORDER BY id_date, id_origin`,
        );
        return result.getRowsJson();
      });
      // The rows as they would be asked for, before anyone knows a delay.
      const found = await featuresOf(section, asked('SELECT * REPLACE (NULL::BIGINT AS delay) FROM flights'));
      expect(found.map(([, ...values]) => values)).toEqual(trained);
      expect(trained).toEqual([
        [10, -1, 'NY', 3, null],
        // The weather of 12:00 was known an hour later only.
        [12, null, 'NY', 3, 100],
        [11, 1, null, null, null],
        [12, 0.5, 'NY', 7, 200],
        [14, 100 / 300, null, 4, 300],
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('need the columns of the base table that features and joins look at, and the time of as-of joins', async () => {
    const needed = (examples: Record<string, unknown>) =>
      withDuckDb({ paths: [] }, connection => neededColumns(connection, flightsSection(examples)));
    expect(await needed({ features: { far: 'Flights.DISTANCE > 3' } })).toEqual(['distance']);
    expect(
      await needed({
        joins: [{ table: 'airports', as: 'o', on: 'origin = o.iata' }],
        features: { s: 'o.state' },
      }),
    ).toEqual(['origin']);
    expect(
      await needed({
        joins: [{ table: 'weather', on: 'flights.origin = weather.airport', asof: true }],
        features: { wind: 'wind' },
      }),
    ).toEqual(['date', 'origin']);
  });

  test('a join that finds several rows is refused', async () => {
    const airports: Row[] = [
      ['ABC', 'NY'],
      ['ABC', 'NJ'],
    ];
    await expect(featuresOf(section, asked('FROM flights'), { ...TABLES, airports })).rejects.toThrow(
      DatasetError,
    );
  });

  test('an expression that cannot be computed is named', async () => {
    const broken = flightsSection({ features: { number: 'flights.origin::INTEGER' } });
    await expect(featuresOf(broken, asked('FROM flights'))).rejects.toThrow(
      /^examples\.features\.number: "flights\.origin::INTEGER" cannot be computed: Conversion Error/,
    );
  });
});
