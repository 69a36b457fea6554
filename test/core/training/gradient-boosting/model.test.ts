import { describe, expect, test } from 'vitest';
import { ModelFormatError } from '../../../../core/telemetry/errors.ts';
import {
  type BoostedModel,
  decodeModel,
  encodeModel,
  type Feature,
  trainBoosting,
} from '../../../../core/training/gradient-boosting/index.ts';
import type { Tree } from '../../../../core/training/gradient-boosting/trees/tree.ts';
import { fc } from '../../../support/properties.ts';
import { examples, numbers } from './support.ts';

const { columns, score } = examples(300, 3);
const model = trainBoosting({
  columns,
  target: score,
  validation: { columns, target: score },
  objective: { kind: 'quantile', level: 0.9 },
  hyperparameters: { trees: 4, depth: 4 },
  seed: 1,
});
const bytes = encodeModel(model);

const features: fc.Arbitrary<Feature[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('numeric' as const), name: fc.string() }),
    fc.record({
      kind: fc.constant('categorical' as const),
      name: fc.string(),
      categories: fc.array(fc.string({ unit: 'binary' }), { maxLength: 9 }),
    }),
  ),
  { minLength: 1, maxLength: 6 },
);

/** A tree of random shape: each node in turn becomes a question while `questions` lasts. */
const treeOver = (of: Feature[]): fc.Arbitrary<Tree> =>
  fc
    .array(
      fc.record({
        parent: fc.nat(),
        feature: fc.nat({ max: of.length - 1 }),
        value: fc.double({ noNaN: true }),
        missingLeft: fc.boolean(),
        set: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      }),
      { maxLength: 12 },
    )
    .map(questions => {
      const nodes = [{ kind: 0, feature: 0, child: 0, value: 1 }];
      const sets: number[] = [];
      for (const { parent, feature, value, missingLeft, set } of questions) {
        const leaves = nodes.filter(({ kind }) => kind === 0);
        const leaf = leaves[parent % leaves.length];
        if (leaf === undefined) continue;
        const isSet = of[feature]?.kind === 'categorical';
        leaf.kind = isSet ? 3 : missingLeft ? 2 : 1;
        leaf.feature = feature;
        leaf.value = isSet ? 0 : value;
        leaf.child = nodes.length;
        nodes.push(
          { kind: 0, feature: 0, child: 0, value },
          { kind: 0, feature: 0, child: 0, value: -value },
        );
        if (isSet) sets.push(...set);
      }
      // Sets are numbered in the order of their nodes.
      let index = 0;
      for (const node of nodes) if (node.kind === 3) node.value = index++;
      return {
        kinds: Uint8Array.from(nodes, ({ kind }) => kind),
        features: Int32Array.from(nodes, ({ feature }) => feature),
        children: Int32Array.from(nodes, ({ child }) => child),
        values: Float64Array.from(nodes, ({ value }) => value),
        sets: Uint8Array.from(sets),
      };
    });

const models: fc.Arbitrary<BoostedModel> = features.chain(of =>
  fc.record({
    objective: fc.constant({ kind: 'softmax' as const, classes: 2 }),
    features: fc.constant(of),
    start: fc.tuple(fc.double(), fc.double()).map(values => numbers(...values)),
    trees: fc.array(fc.tuple(treeOver(of), treeOver(of)), { maxLength: 3 }).map(rounds => rounds.flat()),
    gains: fc.array(fc.double({ noNaN: true }), { minLength: of.length, maxLength: of.length }),
    validationLoss: fc.array(fc.double(), { maxLength: 5 }).map(values => numbers(...values)),
  }),
);

test('what was encoded is decoded', () => {
  fc.assert(
    fc.property(models, any => {
      expect(decodeModel(encodeModel(any))).toEqual(any);
    }),
  );
  expect(decodeModel(bytes)).toEqual(model);
});

test('decoding and encoding again gives the same bytes', () => {
  expect(encodeModel(decodeModel(bytes))).toEqual(bytes);
});

test('a file starts with its magic and its version', () => {
  expect(new TextDecoder().decode(bytes.subarray(0, 8))).toBe('ANTEI-GB');
  expect([...bytes.subarray(8, 10)]).toEqual([1, 0]);
});

describe('what is no model', () => {
  const of =
    (wrong: Uint8Array): (() => void) =>
    () =>
      decodeModel(wrong);

  test('cut off anywhere', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(of(bytes.subarray(0, length))).toThrow(ModelFormatError);
    }
    expect(of(bytes.subarray(0, 12))).toThrow(
      'is cut off: it has 12 bytes, fewer than the 18 of its preamble.',
    );
    expect(of(bytes.subarray(0, 100))).toThrow(
      `is cut off: its payload has 82 bytes and should have ${bytes.length - 18}.`,
    );
  });

  test('any byte changed', () => {
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(of(damaged)).toThrow(ModelFormatError);
    }
  });

  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'is cut off: it has 0 bytes'],
    ['a Parquet file', new TextEncoder().encode('PAR1PAR1PAR1'), 'it begins with "PAR1PAR1"'],
    ['other bytes', Uint8Array.of(0, 255, 16), 'it begins with the bytes 00 ff 10'],
    [
      'a later version',
      Uint8Array.from(bytes, (byte, at) => (at === 8 ? 7 : byte)),
      'has format version 7; this code reads version 1',
    ],
    ['more after the end', Uint8Array.of(...bytes, 0), 'has bytes after its end'],
    [
      'another payload',
      Uint8Array.from(bytes, (byte, at) => (at === 40 ? byte ^ 1 : byte)),
      'its checksum does not match',
    ],
  ])('%s', (_name, wrong, message) => {
    expect(of(wrong)).toThrow(message);
  });

  test.each<[string, Partial<BoostedModel>]>([
    ['children that are not there', { trees: [treeOf({ children: [5, 0, 0] })] }],
    ['a path without an end', { trees: [treeOf({ children: [0, 0, 0] })] }],
    ['a feature that is not there', { trees: [treeOf({ features: [9, 0, 0] })] }],
    ['a threshold for a category', { trees: [treeOf({ features: [3, 0, 0] })] }],
    ['a kind of node that does not exist', { trees: [treeOf({ kinds: [4, 0, 0] })] }],
    [
      'fewer trees than classes',
      { objective: { kind: 'softmax', classes: 2 }, start: numbers(0, 0), trees: [treeOf({})] },
    ],
  ])('whole, but with %s', (_name, part) => {
    expect(of(encodeModel({ ...model, ...part }))).toThrow(
      /^The gradient boosting model is not well formed: .+\.$/,
    );
  });
});

function treeOf(part: { kinds?: number[]; features?: number[]; children?: number[] }): Tree {
  return {
    kinds: Uint8Array.from(part.kinds ?? [1, 0, 0]),
    features: Int32Array.from(part.features ?? [0, 0, 0]),
    children: Int32Array.from(part.children ?? [1, 0, 0]),
    values: numbers(0, 1, 2),
    sets: new Uint8Array(0),
  };
}
