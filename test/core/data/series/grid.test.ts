import { describe, expect, test } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { literal } from '../../../../core/data/quote.ts';
import {
  periodOf,
  periodSql,
  startOfPeriod,
  stepOfTime,
  timeOfStep,
} from '../../../../core/data/series/grid.ts';
import { durationOf } from '../../../../core/spec/schema.ts';
import { fc } from '../../../support/properties.ts';

const LENGTHS = [
  '1 minute',
  '15 minutes',
  '1 hour',
  '7 hours',
  '1 day',
  '2 days',
  '1 week',
  '2 weeks',
  '1 month',
  '3 months',
  '1 year',
];

const startOf = (time: string, every: string): string => {
  const length = durationOf(every);
  return startOfPeriod(periodOf(new Date(time), length), length).toISOString();
};

const anyTime = fc.date({ min: new Date('1890-01-01'), max: new Date('2150-01-01'), noInvalidDate: true });

describe('periods', () => {
  test.each([
    ['2026-03-04T10:44:59.999Z', '15 minutes', '2026-03-04T10:30:00.000Z'],
    ['2026-03-04T10:44:59.999Z', '1 hour', '2026-03-04T10:00:00.000Z'],
    ['2026-03-04T10:44:59.999Z', '1 day', '2026-03-04T00:00:00.000Z'],
    ['2026-03-01T23:59:59.999Z', '1 week', '2026-02-23T00:00:00.000Z'],
    ['2026-03-02T00:00:00.000Z', '1 week', '2026-03-02T00:00:00.000Z'],
    ['2024-02-29T12:00:00.000Z', '1 month', '2024-02-01T00:00:00.000Z'],
    ['2026-05-31T00:00:00.000Z', '3 months', '2026-04-01T00:00:00.000Z'],
    ['1969-12-31T23:00:00.000Z', '1 year', '1969-01-01T00:00:00.000Z'],
  ])('%s lies in the %s that starts at %s', (time, every, start) => {
    expect(startOf(time, every)).toBe(start);
  });

  test('every moment lies in its period, and in no other', () => {
    fc.assert(
      fc.property(anyTime, fc.constantFrom(...LENGTHS), (time, every) => {
        const length = durationOf(every);
        const period = periodOf(time, length);
        expect(startOfPeriod(period, length).getTime()).toBeLessThanOrEqual(time.getTime());
        expect(startOfPeriod(period + 1, length).getTime()).toBeGreaterThan(time.getTime());
        expect(periodOf(startOfPeriod(period, length), length)).toBe(period);
      }),
    );
  });

  test('DuckDB puts every moment into the same period', async () => {
    const times = fc.sample(anyTime, { numRuns: 500, seed: 7 });
    await withDuckDb({ paths: [] }, async connection => {
      for (const every of LENGTHS) {
        const length = durationOf(every);
        const rows = times.map((time, i) => `(${i}, TIMESTAMP ${literal(time.toISOString().slice(0, -1))})`);
        const result = await connection.runAndReadAll(
          `SELECT (${periodSql('moment', length)})::DOUBLE FROM (VALUES ${rows.join(', ')}) AS t(i, moment) ORDER BY i`,
        );
        expect(result.getRowsJS().map(([period]) => period)).toEqual(
          times.map(time => periodOf(time, length)),
        );
      }
    });
  });
});

test('steps count from the start of the grid', () => {
  const grid = { every: durationOf('1 month'), start: new Date('2025-11-01T00:00:00Z'), steps: 4 };
  expect(timeOfStep(grid, 4).toISOString()).toBe('2026-03-01T00:00:00.000Z');
  expect(stepOfTime(grid, new Date('2026-02-28T23:00:00Z'))).toBe(3);
  expect(stepOfTime(grid, new Date('2025-10-31T23:00:00Z'))).toBe(-1);
});
