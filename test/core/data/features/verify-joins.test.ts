import { expect, test } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { verifyJoins } from '../../../../core/data/features/verify-joins.ts';
import { DatasetError } from '../../../../core/telemetry/errors.ts';
import { createTables, flightsSection, type Row } from './fixture.ts';

const AIRPORTS = { table: 'airports', as: 'o', on: 'flights.origin = o.iata' };
const WEATHER = { table: 'weather', as: 'w', on: 'flights.origin = w.airport', asof: true };

const FLIGHTS: Row[] = [
  ['2026-01-01 10:00', 'ABC', 100, 0],
  ['2026-01-02 10:00', 'XYZ', 200, 20],
  ['2026-01-02 11:00', 'ABC', 200, 20],
];

const verify = (joins: unknown[], rows: Record<string, Row[]>): Promise<void> =>
  withDuckDb({ paths: [], threads: 1 }, async connection => {
    const section = flightsSection({ joins });
    await verifyJoins(
      connection,
      section,
      await createTables(connection, section, { flights: FLIGHTS, ...rows }),
    );
  });

test('joins that find at most one row pass, also where others of that table are not unique', async () => {
  const airports: Row[] = [
    ['ABC', 'NY'],
    ['XYZ', 'CA'],
    ['QQQ', 'NV'],
    ['QQQ', 'NV'],
  ];
  const weather: Row[] = [
    ['ABC', '2026-01-01 09:00', 1],
    ['ABC', '2026-01-02 09:00', 2],
    ['ABC', '2026-01-03 09:00', 3],
    ['ABC', '2026-01-03 09:00', 4],
  ];
  await verify([AIRPORTS, WEATHER], { airports, weather });
});

test('a plain join that multiplies rows names the join, an example and what it found', async () => {
  const airports: Row[] = [
    ['ABC', 'NY'],
    ['XYZ', 'CA'],
    ['XYZ', 'NV'],
  ];
  await expect(verify([WEATHER, AIRPORTS], { airports })).rejects.toThrow(
    new DatasetError(
      'examples.joins.1: "flights.origin = o.iata" finds 2 rows of airports for one row of flights ' +
        "(date = 2026-01-02 10:00:00, origin = XYZ), such as {'iata': XYZ, 'state': CA} and {'iata': XYZ, 'state': NV}. " +
        'A join must find at most one: make the rows of airports unique (key: in its contract), use "asof: true" for ' +
        'a history, or narrow the condition.',
    ),
  );
});

test('an as-of join that finds two rows of the same moment is refused as well', async () => {
  const weather: Row[] = [
    ['ABC', '2026-01-02 09:00', 1],
    ['ABC', '2026-01-02 09:00', 5],
  ];
  await expect(verify([WEATHER], { weather })).rejects.toThrow(
    'examples.joins.0: "flights.origin = w.airport" finds 2 rows of weather of the same moment for one row of flights ' +
      '(date = 2026-01-02 11:00:00, origin = ABC)',
  );
});

test('a join over the columns of an earlier one', async () => {
  const again = { table: 'airports', as: 'p', on: 'o.state = p.state' };
  const airports: Row[] = [
    ['ABC', 'NY'],
    ['DEF', 'NY'],
  ];
  await expect(verify([AIRPORTS, again], { airports })).rejects.toThrow(
    'examples.joins.1: "o.state = p.state" finds 2 rows of airports',
  );
});
