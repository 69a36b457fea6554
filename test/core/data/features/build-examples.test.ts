import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PartName } from '../../../../core/data/dataset/dataset-record.ts';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { type BuiltExamples, buildExamples } from '../../../../core/data/features/build-examples.ts';
import { exampleRanges, partByKey, partByTime } from '../../../../core/data/features/split-examples.ts';
import type { TabularSection } from '../../../../core/data/features/tabular-section.ts';
import { literal } from '../../../../core/data/quote.ts';
import { durationOf } from '../../../../core/spec/schema.ts';
import { DatasetError, LeakageError } from '../../../../core/telemetry/errors.ts';
import { fc } from '../../../support/properties.ts';
import { createTables, flightsSection, type Row } from './fixture.ts';

interface Built {
  readonly built: BuiltExamples;
  readonly rows: Record<PartName, unknown[][]>;
}

/** What is built of these rows, and what the files hold. */
async function build(section: TabularSection, rows: Record<string, Row[]>): Promise<Built> {
  const folder = await mkdtemp(join(tmpdir(), 'antei-examples-'));
  try {
    return await withDuckDb({ paths: [`${folder}/`], threads: 1 }, async connection => {
      const relations = await createTables(connection, section, rows);
      const built = await buildExamples(connection, section, relations, folder);
      const read = async (part: PartName): Promise<unknown[][]> =>
        (await connection.runAndReadAll(`FROM ${literal(join(folder, `${part}.parquet`))}`)).getRowsJson();
      return {
        built,
        rows: { train: await read('train'), validation: await read('validation'), test: await read('test') },
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const FLIGHTS: Row[] = [
  ['2026-01-02 10:00', 'ABC', 200, 20],
  ['2026-01-01 10:00', 'ABC', 100, 0],
  ['2026-01-03 10:00', null, 300, 5],
  ['2026-01-04 10:00', 'ABC', null, 40],
  ['2026-01-05 10:00', 'ABC', 500, null],
  [null, 'ABC', 600, 5],
];

describe('building', () => {
  test('examples are split by time and written in order, without those that have no target or time', async () => {
    const section = flightsSection({
      features: { origin: 'origin', share: 'distance / 0.0', far: 'distance > 150' },
    });
    const { built, rows } = await build(section, { flights: FLIGHTS });
    expect(built).toMatchObject({
      rows: { train: 2, validation: 1, test: 1 },
      columns: {
        id: ['id_date', 'id_origin'],
        time: 'time',
        features: ['origin', 'share', 'far'],
        target: 'target',
      },
      features: [
        { name: 'origin', kind: 'category' },
        { name: 'share', kind: 'number' },
        { name: 'far', kind: 'number' },
      ],
      classes: ['false', 'true'],
      split: {
        by: 'time',
        ranges: {
          train: { from: '2026-01-01T10:00:00.000Z', to: '2026-01-02T10:00:00.001Z' },
          validation: { from: '2026-01-02T10:00:00.001Z', to: '2026-01-03T10:00:00.001Z' },
          test: { from: '2026-01-03T10:00:00.001Z', to: '2026-01-04T10:00:00.001Z' },
        },
      },
      dropped: { withoutTarget: 1, withoutTime: 1 },
    });
    const day = (n: number): string => `2026-01-0${n} 10:00:00`;
    expect(rows).toEqual({
      train: [
        [day(1), 'ABC', day(1), 'ABC', null, 0, 'false'],
        [day(2), 'ABC', day(2), 'ABC', null, 1, 'true'],
      ],
      validation: [[day(3), null, day(3), null, null, 1, 'false']],
      test: [[day(4), 'ABC', day(4), 'ABC', null, null, 'true']],
    });
  });

  test('a group lies in one part; a regression has numbers', async () => {
    const flights = Array.from(
      { length: 400 },
      (_, i): Row => [`2026-01-01 ${i % 24}:00`, `A${i % 40}`, i, i % 7],
    );
    const split = { by: 'group', columns: 'origin', validation: 0.3, test: 0.3 };
    const section = flightsSection(
      { target: 'delay', features: { distance: 'distance' } },
      split,
      'regression',
    );
    const { built, rows } = await build(section, { flights });
    expect(built.classes).toBeUndefined();
    expect(built.split).toEqual({ by: 'group', columns: ['origin'], validation: 0.3, test: 0.3 });
    const origins = Object.values(rows).map(part => new Set(part.map(row => row[1])));
    expect(origins.reduce((sum, { size }) => sum + size, 0)).toBe(40);
    expect(Object.values(built.rows).reduce((sum, count) => sum + count, 0)).toBe(400);
    expect(built.columns.group).toBe('group');
    expect(rows.test.every(row => row[3] === row[1])).toBe(true);
    expect(rows.train.every(row => typeof row[4] === 'number')).toBe(true);
  });
});

describe('refusals', () => {
  const refusal = (section: TabularSection, rows: Record<string, Row[]>): Promise<unknown> =>
    build(section, rows).then(
      () => undefined,
      (error: unknown) => error,
    );

  test('an expression that fails on a value', async () => {
    const section = flightsSection({ features: { ok: 'distance', bad: 'origin::INTEGER' } });
    expect(await refusal(section, { flights: FLIGHTS })).toEqual(
      new DatasetError(
        'examples.features.bad: "origin::INTEGER" cannot be computed: Conversion Error: Could not convert string \'ABC\' ' +
          'to INT32 when casting from source column origin\nColumns: date, origin, distance, delay.',
      ),
    );
  });

  test('an empty part', async () => {
    expect(await refusal(flightsSection(), { flights: FLIGHTS.slice(0, 1) })).toEqual(
      new DatasetError(
        'No example of table flights falls into train and validation (train 0, validation 0, test 1). Deliver more rows, or change the split.',
      ),
    );
    expect(await refusal(flightsSection(), {})).toEqual(
      new DatasetError(
        'No row of table flights has both a target and a time: there is nothing to learn from.',
      ),
    );
  });

  test('a single class', async () => {
    const section = flightsSection({ target: 'delay > 1000' });
    expect(await refusal(section, { flights: FLIGHTS })).toEqual(
      new DatasetError(
        'examples.target has 1 value in the train part (false); a classification needs two at least.',
      ),
    );
  });

  test('a feature measured after its example', async () => {
    const section = flightsSection({
      joins: [{ table: 'weather', as: 'w', on: 'flights.origin = w.airport', asof: false }],
      features: { wind: { sql: 'w.wind', measured: 'w.measured' } },
    });
    const weather: Row[] = [['ABC', '2026-01-02 11:00', 3]];
    expect(await refusal(section, { flights: FLIGHTS, weather })).toEqual(
      new LeakageError(
        'examples.features.wind was measured after its example in 2 rows, such as at 2026-01-02 11:00:00 for the ' +
          'example of 2026-01-01 10:00:00 (date = 2026-01-01 10:00:00, origin = ABC). Use a value that is known at ' +
          'the time of the example, such as through an as-of join.',
      ),
    );
    const early: Row[] = [['ABC', '2026-01-01 10:00', 3]];
    expect((await build(section, { flights: FLIGHTS, weather: early })).built.rows.train).toBe(2);
  });

  test('an example at two times, in two parts of a split by time', async () => {
    const flights: Row[] = [
      ['2026-01-01 10:00', 'ABC', 100, 0],
      ['2026-01-02 10:00', 'DEF', 100, 20],
      ['2026-01-03 10:00', 'ABC', 100, 0],
      ['2026-01-04 10:00', 'GHI', 100, 20],
    ];
    const section = flightsSection({ id: 'origin' });
    expect(await refusal(section, { flights })).toEqual(
      new LeakageError(
        'The example origin = ABC is in train and validation: training would see what it is tested on. If its rows are ' +
          'examples of their own, as the months of a customer are, add date to examples.id. If they are one example ' +
          'that was delivered again, export each once, or declare mode: replace. If they belong together, use split: ' +
          'by: group.',
      ),
    );
    // At two times of one part, without a name, or with the time in the id nothing is told twice.
    const within: Row[] = [['2026-01-01 11:00', 'ABC', 100, 0], ...flights.slice(0, 2), ...flights.slice(3)];
    const third: Row = ['2026-01-03 10:00', 'JKL', 100, 0];
    expect((await build(section, { flights: [...within, third] })).built.rows.train).toBe(3);
    const nameless = flights.map(
      ([date, origin, ...rest]): Row => [date ?? null, origin === 'ABC' ? null : (origin ?? null), ...rest],
    );
    expect((await build(section, { flights: nameless })).built.rows.validation).toBe(1);
    const dated = flightsSection({ id: ['origin', 'date'] });
    expect((await build(dated, { flights })).built.rows.validation).toBe(1);
  });

  test('a join that multiplies examples', async () => {
    const section = flightsSection({ joins: [{ table: 'airports', on: 'origin = iata' }] });
    const airports: Row[] = [
      ['ABC', 'NY'],
      ['ABC', 'CA'],
    ];
    expect(await refusal(section, { flights: FLIGHTS, airports })).toBeInstanceOf(DatasetError);
  });
});

describe('splits', () => {
  test('by time: with daily dates a length in days is so many dates', () => {
    const split = { by: 'time', validation: '2 days', test: '14 days' } as const;
    expect(exampleRanges(new Date('2026-01-01'), new Date('2026-01-31'), split)).toEqual({
      train: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-15T00:00:00.001Z' },
      validation: { from: '2026-01-15T00:00:00.001Z', to: '2026-01-17T00:00:00.001Z' },
      test: { from: '2026-01-17T00:00:00.001Z', to: '2026-01-31T00:00:00.001Z' },
    });
  });

  test('by time: every example lies in the part whose range holds it', async () => {
    const moment = fc.integer({ min: 0, max: 90 * 86_400_000 });
    const lengths = fc.constantFrom('6 hours', '1 day', '1 week', '1 month');
    await withDuckDb({ paths: [] }, async connection => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(moment, { minLength: 1, maxLength: 40 }),
          lengths,
          lengths,
          async (times, validation, test) => {
            const ranges = exampleRanges(new Date(Math.min(...times)), new Date(Math.max(...times)), {
              by: 'time',
              validation,
              test,
            });
            const values = times.map((time, i) => `(${i}, make_timestamp_ms(${time}))`).join(', ');
            const result = await connection.runAndReadAll(
              `SELECT ${partByTime('moment', ranges)} FROM (VALUES ${values}) AS t(i, moment) ORDER BY i`,
            );
            const expected = times.map(time => {
              const at = new Date(time).toISOString();
              return at >= ranges.test.from ? 'test' : at >= ranges.validation.from ? 'validation' : 'train';
            });
            expect(result.getRowsJS().map(([part]) => part)).toEqual(expected);
            expect(durationOf(test).text).toBe(test);
          },
        ),
        { numRuns: 40 },
      );
    });
  });

  test('by hash: MD5 of the key alone decides, and the parts have the shares asked for', async () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `key ${i}`);
    const position = (key: string): number =>
      Number(createHash('md5').update(key).digest().readBigUInt64LE(8)) / 2 ** 64;
    const expected = keys.map(key =>
      position(key) < 0.2 ? 'test' : position(key) < 0.3 ? 'validation' : 'train',
    );
    await withDuckDb({ paths: [] }, async connection => {
      const part = partByKey('key', { by: 'hash', validation: 0.1, test: 0.2 });
      const values = keys.map((key, i) => `(${i}, ${literal(key)})`).join(', ');
      const result = await connection.runAndReadAll(
        `SELECT ${part} FROM (VALUES ${values}) AS t(i, key) ORDER BY i`,
      );
      expect(result.getRowsJS().map(([name]) => name)).toEqual(expected);
    });
    expect(
      ['train', 'validation', 'test'].map(name => expected.filter(part => part === name).length),
    ).toEqual([1410, 228, 362]);
  });
});
