import { describe, expect, test } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { literal } from '../../../../core/data/quote.ts';
import {
  before,
  gridStep,
  gridStepOf,
  periodOf,
  periodSql,
  startOfPeriod,
} from '../../../../core/data/series/grid.ts';
import { clockAt, momentOf } from '../../../../core/data/series/zoned-time.ts';
import { durationOf, tablesSchema } from '../../../../core/spec/schema.ts';
import { fc } from '../../../support/properties.ts';
import { salesSpec } from '../dataset/fixture.ts';

const HOUR = 3_600_000;

/** Start of the period that a moment lies in, and its length in hours. */
function periodAround(time: string, every: string, zone: string): [string, number] {
  const step = gridStep(every, zone);
  const period = periodOf(new Date(time), step);
  const [start, end] = [startOfPeriod(period, step), startOfPeriod(period + 1, step)];
  return [start.toISOString(), (end.getTime() - start.getTime()) / HOUR];
}

describe('periods on the clocks of a zone', () => {
  test.each([
    // Germany puts its clocks forward on 29 March 2026 at 01:00 UTC, and back on 25 October at 01:00 UTC.
    ['Europe/Berlin', '1 day', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '1 day', '2026-03-28T23:00:00Z', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '1 day', '2026-03-28T22:59:59Z', '2026-03-27T23:00:00.000Z', 24],
    ['Europe/Berlin', '1 day', '2026-10-25T22:59:59Z', '2026-10-24T22:00:00.000Z', 25],
    ['Europe/Berlin', '1 day', '2026-07-01T22:00:00Z', '2026-07-01T22:00:00.000Z', 24],
    ['Europe/Berlin', '1 week', '2026-03-29T12:00:00Z', '2026-03-22T23:00:00.000Z', 167],
    ['Europe/Berlin', '1 week', '2026-10-25T12:00:00Z', '2026-10-18T22:00:00.000Z', 169],
    ['Europe/Berlin', '1 month', '2026-03-31T22:00:00Z', '2026-03-31T22:00:00.000Z', 720],
    ['Europe/Berlin', '1 month', '2026-03-31T21:59:59Z', '2026-02-28T23:00:00.000Z', 743],
    ['Europe/Berlin', '1 year', '2026-12-31T23:00:00Z', '2026-12-31T23:00:00.000Z', 8760],
    ['Asia/Tokyo', '1 day', '2026-01-01T14:59:59Z', '2025-12-31T15:00:00.000Z', 24],
    ['Asia/Tokyo', '1 day', '2026-01-01T15:00:00Z', '2026-01-01T15:00:00.000Z', 24],
    ['Asia/Tokyo', '1 month', '2026-01-31T15:00:00Z', '2026-01-31T15:00:00.000Z', 672],
    // Brazil put its clocks forward at midnight: the day of 4 November 2018 began at one o'clock, 03:00 UTC.
    ['America/Sao_Paulo', '1 day', '2018-11-04T03:00:00Z', '2018-11-04T03:00:00.000Z', 23],
    // Cuba puts them back at one o'clock: 1 November 2026 has two midnights, and begins with the first.
    ['America/Havana', '1 day', '2026-11-01T12:00:00Z', '2026-11-01T04:00:00.000Z', 25],
  ])('%s: the %s around %s starts at %s and has %s hours', (zone, every, time, start, hours) => {
    expect(periodAround(time, every, zone)).toEqual([start, hours]);
  });

  const zones = fc.constantFrom('Europe/Berlin', 'Asia/Tokyo', 'America/Havana', 'Australia/Lord_Howe');
  const steps = fc.constantFrom('1 day', '3 days', '1 week', '1 month', '1 year');
  const anyTime = fc.date({ min: new Date('1971-01-01'), max: new Date('2037-01-01'), noInvalidDate: true });

  test('every moment lies in its period, and in no other', () => {
    fc.assert(
      fc.property(anyTime, steps, zones, (time, every, zone) => {
        const step = gridStep(every, zone);
        const period = periodOf(time, step);
        expect(startOfPeriod(period, step).getTime()).toBeLessThanOrEqual(time.getTime());
        expect(startOfPeriod(period + 1, step).getTime()).toBeGreaterThan(time.getTime());
        expect(periodOf(startOfPeriod(period, step), step)).toBe(period);
      }),
    );
  });

  test('DuckDB puts every moment into the same period', async () => {
    const times = fc.sample(anyTime, { numRuns: 300, seed: 11 });
    const rows = times.map((time, i) => `(${i}, TIMESTAMP ${literal(time.toISOString().slice(0, -1))})`);
    await withDuckDb({ paths: [] }, async connection => {
      for (const zone of ['Europe/Berlin', 'Asia/Tokyo', 'America/New_York']) {
        for (const every of ['1 day', '1 week', '1 month']) {
          const step = gridStep(every, zone);
          const result = await connection.runAndReadAll(
            `SELECT (${periodSql('moment', step)})::DOUBLE FROM (VALUES ${rows.join(', ')}) AS t(i, moment) ORDER BY i`,
          );
          expect(result.getRowsJS().map(([period]) => period)).toEqual(
            times.map(time => periodOf(time, step)),
          );
        }
      }
    });
  });

  test('a clock time is reached at the first of two moments, and when it is skipped at the change', () => {
    const at = (clock: string): string => momentOf(new Date(`${clock}Z`), 'Europe/Berlin').toISOString();
    expect(at('2026-10-25T02:30:00')).toBe('2026-10-25T00:30:00.000Z');
    expect(at('2026-03-29T02:30:00')).toBe('2026-03-29T01:00:00.000Z');
    expect(clockAt(new Date('2026-03-29T01:00:00Z'), 'Europe/Berlin').toISOString()).toBe(
      '2026-03-29T03:00:00.000Z',
    );
  });

  test('seven days before a midnight is a midnight, whatever the clocks did between', () => {
    const midnight = new Date('2026-03-30T22:00:00Z');
    expect(before(midnight, durationOf('7 days'), gridStep('1 day', 'Europe/Berlin')).toISOString()).toBe(
      '2026-03-23T23:00:00.000Z',
    );
    expect(before(midnight, durationOf('7 days'), gridStep('1 day')).toISOString()).toBe(
      '2026-03-23T22:00:00.000Z',
    );
  });
});

describe('the step of a spec', () => {
  const stepOf = (every: string, timezone: string | undefined, type: string): string | undefined => {
    const spec = salesSpec({ every });
    const columns = { ...spec.tables.sales?.columns, at: { type } };
    const tables = tablesSchema.parse({
      sales: { time: 'at', columns, ...(timezone && { read: { timezone } }) },
    });
    return gridStepOf({ ...spec, tables }).zone;
  };

  test.each([
    ['1 day', 'Asia/Tokyo', 'timestamp', 'Asia/Tokyo'],
    ['1 month', 'Europe/Berlin', 'timestamp', 'Europe/Berlin'],
    ['1 hour', 'Europe/Berlin', 'timestamp', undefined],
    ['1 day', 'UTC', 'timestamp', undefined],
    ['1 day', 'Asia/Tokyo', 'date', undefined],
    ['1 day', undefined, 'timestamp', undefined],
  ] as const)('%s in %s on a %s column has the calendar of %s', (every, zone, type, found) => {
    expect(stepOf(every, zone, type)).toBe(found);
  });
});
