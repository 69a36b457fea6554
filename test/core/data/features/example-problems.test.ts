import { expect, test } from 'vitest';
import { exampleProblems } from '../../../../core/data/features/example-problems.ts';
import { flightsSection } from './fixture.ts';

const problems = async (...args: Parameters<typeof flightsSection>): Promise<string[]> =>
  (await exampleProblems(flightsSection(...args))).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

const AIRPORTS = { table: 'airports', as: 'o', on: 'flights.origin = o.iata' };
const WEATHER = { table: 'weather', as: 'w', on: 'flights.origin = w.airport', asof: true };

test('a sound section has no problems', async () => {
  expect(
    await problems({
      joins: [AIRPORTS, { ...WEATHER, delay: '1 hour' }],
      where: 'flights.distance > 0 -- real flights',
      features: {
        hour: 'hour(flights.date)',
        far: 'flights.distance > 1000',
        state: 'o.state',
        wind: { sql: 'w.wind', measured: 'w.measured' },
      },
    }),
  ).toEqual([]);
  expect(
    await problems({ target: 'flights.delay' }, { by: 'hash', validation: 0.1, test: 0.1 }, 'regression'),
  ).toEqual([]);
});

test.each<[string, Parameters<typeof flightsSection>, string[]]>([
  [
    'no base table',
    [{ base: 'flight' }],
    ['examples.base: there is no table "flight"; tables here: flights, airports, weather'],
  ],
  [
    'no such columns',
    [
      { id: ['dat'], time: 'day', known: ['x'] },
      { by: 'group', columns: ['pilot'], validation: 0.1, test: 0.1 },
    ],
    [
      'examples.id.0: there is no column "dat" in table flights; its columns: date, origin, distance, delay',
      'examples.known.0: there is no column "x" in table flights; its columns: date, origin, distance, delay',
      'split.columns.0: there is no column "pilot" in table flights; its columns: date, origin, distance, delay',
      'examples.time: there is no column "day" in table flights; its columns: date, origin, distance, delay',
    ],
  ],
  [
    'a time that is none',
    [{ time: 'delay' }],
    ['examples.time: "delay" is of type integer; a time column is a date or a timestamp'],
  ],
  [
    'a split by time without one',
    [{ base: 'airports', id: 'iata', features: { a: 'airports.iata' }, target: 'airports.state' }],
    ['split.by: needs a time; add "time:" to table airports'],
  ],
  [
    'joins without a table, a name, or a time',
    [
      {
        joins: [
          { table: 'airport', on: 'true' },
          { ...AIRPORTS, as: 'Flights' },
          { ...AIRPORTS, asof: true },
          { ...AIRPORTS, as: 'p', delay: '1 day' },
        ],
      },
    ],
    [
      'examples.joins.0.table: there is no table "airport"; tables here: flights, airports, weather',
      'examples.joins.1.as: "Flights" is taken already; give the join another name with "as:"',
      'examples.joins.2.asof: needs the time column of airports; add "time:" to that table',
      'examples.joins.3.delay: applies to as-of joins only; add "asof: true"',
    ],
  ],
  [
    'a join that may bring values from after the event',
    [{ joins: [{ table: 'weather', on: 'flights.origin = weather.airport' }] }],
    [
      'examples.joins.0: may bring values from after the event: table weather has a time column (measured). Say ' +
        '"asof: true" for the newest row at that moment, or "asof: false" if its rows do not depend on time',
    ],
  ],
  [
    'a broken condition',
    [{ joins: [{ ...AIRPORTS, on: 'flights.origin = o.code' }], features: { s: 'o.state' } }],
    [
      'examples.joins.0.on: Binder Error: Table "o" does not have a column named "code"  Candidate bindings: : "iata"',
    ],
  ],
  [
    'expressions that do not parse or bind',
    [{ features: { a: 'hour(', b: 'distance), (2', c: 'flights.speed' } }],
    [
      'examples.features.a: "hour(" is no expression: syntax error at end of input',
      'examples.features.b: "distance), (2" is no expression: it is more than one expression',
      'examples.features.c: Binder Error: Table "flights" does not have a column named "speed"  Candidate bindings: : "date"',
    ],
  ],
  [
    'expressions that look beyond their row',
    [
      {
        features: {
          before: 'lag(distance) OVER (ORDER BY date)',
          mean: 'avg(distance)',
          other: '(SELECT 1)',
          age: "date_diff('day', date, current_date)",
          noise: 'distance + random()',
          all: '*',
        },
      },
    ],
    [
      ['before', 'a window function, which reads other rows'],
      ['mean', 'avg(), which aggregates rows'],
      ['other', 'a subquery'],
      ['age', 'current_date, which changes with the clock'],
      ['noise', 'random(), whose value changes from query to query'],
      ['all', 'a star, which stands for several columns'],
    ].map(
      ([name, fault]) =>
        `examples.features.${name}: contains ${fault}. It must be computable from one row and its joins alone, so ` +
        'that training and prediction see the same value',
    ),
  ],
  [
    'types that no model takes',
    [{ features: { date: 'flights.date' }, target: 'flights.date' }],
    [
      'examples.target: is of type TIMESTAMP; the target of a classification is a boolean, a whole number or text',
      'examples.features.date: is of type TIMESTAMP; a feature is a number, a boolean or text. Take a part of it, ' +
        'such as hour(…), dayofweek(…) or epoch(…)',
      'examples.features.date: leaks the target: it uses flights.date, which the target is made of. Leave the feature ' +
        'out, or name the column under examples.known if its value is known before the event',
    ],
  ],
  [
    'a text target of a regression',
    [{ target: 'origin' }, undefined, 'regression'],
    ['examples.target: is of type VARCHAR; the target of a regression is a number'],
  ],
])('%s', async (_name, args, expected) => {
  expect(await problems(...args)).toEqual(expected);
});

const leaking = async (examples: Record<string, unknown>): Promise<string[]> =>
  (await exampleProblems(flightsSection(examples)))
    .filter(({ message }) => message.startsWith('leaks the target'))
    .map(({ path, message }) => `${path.at(-1)}: ${/it uses ([^,]+(, \S+)*), which/.exec(message)?.[1]}`);

test('features must not contain the target, however they are written', async () => {
  expect(
    await leaking({
      features: {
        a: 'flights.delay / 60',
        b: 'DELAY',
        c: 'coalesce("Delay", distance)',
        d: 'FLIGHTS.delay',
        e: 'distance',
      },
    }),
  ).toEqual(['a: flights.delay', 'b: flights.delay', 'c: flights.delay', 'd: flights.delay']);
});

test('a join through a column of the target leaks as much', async () => {
  const first = { table: 'weather', as: 'band', on: 'flights.delay = band.wind', asof: false };
  const second = { table: 'airports', as: 'o', on: 'band.airport = o.iata' };
  const other = { table: 'airports', as: 'p', on: 'flights.origin = p.iata' };
  expect(
    await leaking({
      joins: [first, second, other],
      features: { x: 'band.airport', y: 'o.state', z: 'p.state' },
    }),
  ).toEqual(['x: band.airport', 'y: o.state']);
});

test('a column of the target that is known before the event may be used', async () => {
  const examples = { target: 'flights.delay > flights.distance', features: { distance: 'distance' } };
  expect(await leaking(examples)).toEqual(['distance: flights.distance']);
  expect(await leaking({ ...examples, known: ['distance'] })).toEqual([]);
});

test.each<['classification' | 'regression', string, string]>([
  ['classification', 'reason', 'prediction, reason'],
  ['classification', 'Prediction', 'prediction, reason'],
  ['classification', 'upper_80', ''],
  ['regression', 'upper_80', 'prediction, lower_80, upper_80, lower_95, upper_95, reason'],
])('a %s cannot need a column called %s where its answers add one', async (task, name, added) => {
  const because =
    `tables.flights.columns.${name}: "${name}" is the name of a column that answers add (${added}), so that no request ` +
    'could have it, and features or joins need it; rename it in the table, or do without it';
  const split = { by: 'time', validation: '1 day', test: '1 day' };
  const renamed = (x: string) => {
    const section = flightsSection({ features: { x }, target: 'flights.delay' }, split, task);
    const { [section.examples.base]: flights, ...others } = section.tables;
    if (flights === undefined) throw new Error('no table');
    const { distance, ...columns } = flights.columns;
    if (distance === undefined) throw new Error('no column');
    return {
      ...section,
      tables: { ...others, flights: { ...flights, columns: { ...columns, [name]: distance } } },
    };
  };
  const problemsOf = async (x: string): Promise<string[]> =>
    (await exampleProblems(renamed(x))).map(({ path, message }) => `${path.join('.')}: ${message}`);
  expect(await problemsOf(`flights."${name}"`)).toEqual(added === '' ? [] : [because]);
  expect(await problemsOf('flights.origin')).toEqual([]);
});
