import { describe, expect, test } from 'vitest';
import { type Search, searchProblems } from '../../../core/spec/search.ts';
import { candidatesOf } from '../../../core/training/candidates.ts';
import { expandSearch } from '../../../core/training/search.ts';
import { shopSpec } from '../../support/forecasting-loop.ts';

const search = (changes: Partial<Search>): Search => ({ hyperparameters: {}, ...changes });
const range = (min: number, max: number, changes = {}) => ({
  ...{ min, max, integer: false, scale: 'linear' as const },
  ...changes,
});

describe('expandSearch', () => {
  test('without a search, the hyperparameters as they are', () => {
    expect(expandSearch(search({}))).toEqual([{}]);
    expect(expandSearch(search({ hyperparameters: { depth: 3 } }))).toEqual([{ depth: 3 }]);
  });

  test('a grid is every combination, in the order of names and values, with the fixed ones', () => {
    const grid = { trees: [100, 300], depth: [4, 6] };
    const expected = [
      { seed: 7, depth: 4, trees: 100 },
      { seed: 7, depth: 4, trees: 300 },
      { seed: 7, depth: 6, trees: 100 },
      { seed: 7, depth: 6, trees: 300 },
    ];
    expect(expandSearch(search({ hyperparameters: { seed: 7 }, grid }))).toEqual(expected);
    const turned = { depth: [4, 6], trees: [100, 300] };
    expect(expandSearch(search({ hyperparameters: { seed: 7 }, grid: turned }))).toEqual(expected);
    expect(expandSearch(search({ grid: { depth: [4, 4] } }))).toEqual([{ depth: 4 }]);
  });

  test('random runs are the same for the same seed, whatever the order of names', () => {
    const space = { rate: range(0.01, 1, { scale: 'log' }), depth: range(2, 8, { integer: true }) };
    const turned = { depth: space.depth, rate: space.rate };
    const drawn = expandSearch(search({ space, random: 20, seed: 5 }));
    expect(drawn).toHaveLength(20);
    expect(expandSearch(search({ space: turned, random: 20, seed: 5 }))).toEqual(drawn);
    expect(expandSearch(search({ space, random: 20, seed: 6 }))).not.toEqual(drawn);
    // More runs of one seed go on where fewer ended.
    expect(expandSearch(search({ space, random: 8, seed: 5 }))).toEqual(drawn.slice(0, 8));
    expect(expandSearch(search({ space, random: 3 }))).toEqual(
      expandSearch(search({ space, random: 3, seed: 1 })),
    );
  });

  test('draws lie in their range, whole where asked for, and evenly on their scale', () => {
    const space = {
      rate: range(0.001, 1, { scale: 'log' }),
      depth: range(1, 3, { integer: true }),
      width: range(-5, 5),
    };
    const drawn = expandSearch(search({ space, random: 200 }));
    expect(new Set(drawn.map(({ depth }) => depth))).toEqual(new Set([1, 2, 3]));
    for (const { rate, width } of drawn) {
      expect(rate).toBeGreaterThanOrEqual(0.001);
      expect(rate).toBeLessThanOrEqual(1);
      expect(Math.abs(Number(width))).toBeLessThanOrEqual(5);
    }
    const small = drawn.filter(({ rate }) => Number(rate) < 0.01).length;
    expect(Math.abs(small - 200 / 3)).toBeLessThan(20);
  });

  test('a space with fewer combinations than asked for is drawn whole, once each', () => {
    const space = { kind: ['a', 'b'], depth: range(1, 2, { integer: true }) };
    const drawn = expandSearch(search({ space, random: 50 }));
    expect(drawn.map(({ kind, depth }) => `${kind}${depth}`).sort()).toEqual(['a1', 'a2', 'b1', 'b2']);
  });
});

test('what two searches have in common is trained once, and the baseline stands where the gate needs it', () => {
  const spec = shopSpec({
    gate: {},
    candidates: [
      { trainer: 'mstl', grid: { transform: ['none', 'log'] } },
      { trainer: 'mstl', hyperparameters: { transform: 'log' } },
    ],
  });
  expect(candidatesOf(spec)).toEqual([
    { trainer: 'baseline', hyperparameters: {} },
    { trainer: 'mstl', hyperparameters: { transform: 'none' } },
    { trainer: 'mstl', hyperparameters: { transform: 'log' } },
  ]);
});

test.each<[Partial<Search>, string[], string]>([
  [{ random: 3 }, ['random'], 'needs "space", the hyperparameters to draw from'],
  [{ space: { a: [1] } }, ['space'], 'needs "random", the number of runs to draw'],
  [
    { grid: { a: [1] }, space: { b: [1] }, random: 2 },
    ['space'],
    'stands beside "grid"; write two candidates, one for each',
  ],
  [{ seed: 2 }, ['seed'], 'is for "random" runs; there are none here'],
  [
    { hyperparameters: { a: 1 }, grid: { a: [1] } },
    ['grid', 'a'],
    'is fixed under "hyperparameters" already',
  ],
  [{ random: 2, space: { a: range(2, 2) } }, ['space', 'a'], 'min 2 must be below max 2'],
  [
    { random: 2, space: { a: range(0, 2, { scale: 'log' }) } },
    ['space', 'a'],
    'min 0 must be above 0 on a logarithmic scale',
  ],
  [
    { random: 2, space: { a: range(0.5, 2, { integer: true }) } },
    ['space', 'a'],
    'min 0.5 and max 2 must be whole numbers, as "integer" says',
  ],
])('%j is refused', (changes, field, message) => {
  expect([...searchProblems(search(changes))]).toEqual([{ field, message }]);
});
