import { describe, expect, test } from 'vitest';
import { foldOrigins, splitGrid, timeRangeOf } from '../../../../core/data/dataset/split.ts';
import { addDuration } from '../../../../core/spec/duration.ts';
import { durationOf } from '../../../../core/spec/schema.ts';
import { DatasetError } from '../../../../core/telemetry/errors.ts';
import { fc } from '../../../support/properties.ts';
import { salesSpec } from './fixture.ts';

const gridOf = (every: string, start: string, steps: number) => ({
  every: durationOf(every),
  start: new Date(`${start}Z`),
  steps,
});

describe('folds of a part', () => {
  test('begin a horizon apart; the last one may be shorter', () => {
    expect(foldOrigins({ from: 10, to: 15 }, 2)).toEqual([10, 12, 14]);
  });

  test('of a long part are ten, spread evenly', () => {
    expect(foldOrigins({ from: 0, to: 40 }, 2)).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
  });
});

describe('splitting a grid by time', () => {
  test('the default is one horizon each', () => {
    const spec = salesSpec({ season: [7] }, { horizon: 14 });
    expect(splitGrid(gridOf('1 day', '2026-01-01T00:00', 42), spec)).toEqual({
      train: { from: 0, to: 14 },
      validation: { from: 14, to: 28 },
      test: { from: 28, to: 42 },
    });
  });

  test('lengths of the spec count back from the end of the grid', () => {
    const spec = salesSpec(
      { every: '1 month' },
      { horizon: 2, split: { validation: '3 months', test: '1 year' } },
    );
    const grid = gridOf('1 month', '2024-01-01T00:00', 24);
    const split = splitGrid(grid, spec);
    expect(timeRangeOf(grid, split.train)).toEqual({
      from: '2024-01-01T00:00:00.000Z',
      to: '2024-10-01T00:00:00.000Z',
    });
    expect(timeRangeOf(grid, split.validation)).toEqual({
      from: '2024-10-01T00:00:00.000Z',
      to: '2025-01-01T00:00:00.000Z',
    });
    expect(timeRangeOf(grid, split.test)).toEqual({
      from: '2025-01-01T00:00:00.000Z',
      to: '2026-01-01T00:00:00.000Z',
    });
  });

  test('a period belongs to the part that its start lies in', () => {
    const spec = salesSpec(
      { every: '1 day' },
      { horizon: 1, split: { validation: '36 hours', test: '60 hours' } },
    );
    const { train, validation, test: tested } = splitGrid(gridOf('1 day', '2026-01-01T00:00', 10), spec);
    expect([train.to, validation.to, tested.to]).toEqual([7, 8, 10]);
  });

  test('a part holds one horizon even where months are shorter than its length in days suggests', () => {
    const spec = salesSpec(
      { every: '1 month' },
      { horizon: 2, split: { validation: '59 days', test: '59 days' } },
    );
    const { validation, test: tested } = splitGrid(gridOf('1 month', '2025-01-01T00:00', 8), spec);
    expect([validation, tested]).toEqual([
      { from: 4, to: 6 },
      { from: 6, to: 8 },
    ]);
  });

  test('too little to train on is an error that says what there is and what is needed', () => {
    const seasonal = salesSpec({ season: [7, 30] }, { horizon: 14 });
    expect(() => splitGrid(gridOf('1 day', '2026-01-01T00:00', 87), seasonal)).toThrow(
      new DatasetError(
        'Table sales has 87 steps of 1 day, from 2026-01-01T00:00:00.000Z to 2026-03-29T00:00:00.000Z. ' +
          'Validation takes 14 and test 14, which leaves 59 for training; 60 are needed, twice the longest season ' +
          '(30). Deliver more history, or shorten horizon, split.validation or split.test.',
      ),
    );
    expect(splitGrid(gridOf('1 day', '2026-01-01T00:00', 88), seasonal).train).toEqual({ from: 0, to: 60 });

    const plain = salesSpec({}, { horizon: 3 });
    expect(() => splitGrid(gridOf('1 day', '2026-01-01T00:00', 2), plain)).toThrow(
      'leaves 0 for training; 6 are needed, twice the horizon (3)',
    );
  });

  test('parts cover the grid without overlap, and hold what the spec asks for', () => {
    const cases = fc.record({
      every: fc.constantFrom('15 minutes', '1 hour', '1 day', '1 week', '1 month'),
      horizon: fc.integer({ min: 1, max: 8 }),
      times: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
      steps: fc.integer({ min: 150, max: 400 }),
    });
    fc.assert(
      fc.property(cases, ({ every, horizon, times: [more, most], steps }) => {
        const [count, unit] = every.split(' ');
        const length = (by: number): string => `${Number(count) * horizon * by} ${unit}`;
        const spec = salesSpec(
          { every },
          { horizon, split: { validation: length(more), test: length(most) } },
        );
        const grid = gridOf(every, '2020-01-01T00:00', steps);
        const { train, validation, test: tested } = splitGrid(grid, spec);
        expect([train.from, train.to, validation.to, tested.to]).toEqual([
          0,
          validation.from,
          tested.from,
          steps,
        ]);
        expect(validation.to - validation.from).toBe(horizon * more);
        expect(tested.to - tested.from).toBe(horizon * most);
        const { from, to } = timeRangeOf(grid, tested);
        expect(addDuration(new Date(from), durationOf(length(most)), 1).toISOString()).toBe(to);
      }),
    );
  });
});
