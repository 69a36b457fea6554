import { expect, test } from 'vitest';
import { drawnAuc } from '../../../../core/evaluation/tabular/auc.ts';
import { fc } from '../../../support/properties.ts';

const auc = (scores: number[], positives: number[]) =>
  drawnAuc(Float64Array.from(scores), i => positives.includes(i))();

test.each<[string, number[], number[], number | null]>([
  ['perfect order', [0.1, 0.2, 0.8, 0.9], [2, 3], 1],
  ['reversed order', [0.9, 0.8, 0.2, 0.1], [2, 3], 0],
  ['one pair of four in the wrong order', [0.1, 0.7, 0.6, 0.9], [2, 3], 0.75],
  ['all equal', [0.5, 0.5, 0.5, 0.5], [0, 1], 0.5],
  // Pairs: 0.6 beats 0.1; 0.6 ties with 0.6; 0.2 beats 0.1; 0.2 loses to 0.6: (1 + 0.5 + 1 + 0) / 4.
  ['a tie across the classes', [0.1, 0.6, 0.6, 0.2], [2, 3], 0.625],
  ['no positive example', [0.1, 0.2], [], null],
  ['no negative example', [0.1, 0.2], [0, 1], null],
  ['no example', [], [], null],
])('%s', (_, scores, positives, expected) => {
  expect(auc(scores, positives)).toBe(expected);
});

test('is the share of pairs in the right order, ties counting half', () => {
  const example = fc.record({ score: fc.integer({ min: 0, max: 5 }), positive: fc.boolean() });
  fc.assert(
    fc.property(fc.array(example, { maxLength: 40 }), examples => {
      const positives = examples.filter(({ positive }) => positive);
      const negatives = examples.filter(({ positive }) => !positive);
      const won = positives.flatMap(({ score }) =>
        negatives.map(other => (score > other.score ? 1 : score === other.score ? 0.5 : 0)),
      );
      const expected = won.length === 0 ? null : won.reduce<number>((sum, one) => sum + one, 0) / won.length;
      const found = drawnAuc(
        Float64Array.from(examples, ({ score }) => score),
        i => examples[i]?.positive === true,
      )();
      if (expected === null) expect(found).toBeNull();
      else expect(found).toBeCloseTo(expected, 12);
    }),
  );
});

test('a row that was drawn twice counts as two rows', () => {
  const drawn = drawnAuc(Float64Array.of(0.1, 0.7, 0.6, 0.9), i => i > 1);
  // As if the scores were 0.1, 0.7, 0.7 against 0.6, 0.6, 0.6: three of nine pairs.
  expect(drawn(Int32Array.of(1, 2, 3, 0))).toBe(1 / 3);
  expect(drawn(Int32Array.of(0, 0, 1, 1))).toBeNull();
});
