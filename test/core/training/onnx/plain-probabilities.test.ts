import { expect, test } from 'vitest';
import { plainProbabilities } from '../../../../core/training/onnx/plain-probabilities.ts';
import { openSession } from '../../../../core/training/onnx/runtime.ts';
import { seededRandom } from '../../../../core/training/seeded-random.ts';
import { modelBytes } from './fixtures.ts';

const maps = modelBytes('maps');

test('a list of maps becomes the matrix that it was made of; every other field stays as it was', async () => {
  const plain = Buffer.from(plainProbabilities(maps));
  expect(plain.includes('ZipMap')).toBe(false);
  expect(plain.includes('Identity')).toBe(true);
  const session = await openSession(plain);
  expect(session.outputMetadata).toEqual([
    { name: 'output_label', isTensor: true, type: 'string', shape: [expect.anything()] },
    { name: 'output_probability', isTensor: true, type: 'float32', shape: [expect.anything(), 2] },
  ]);
  await session.release();
  expect(plainProbabilities(plain)).toBe(plain);
});

test.each(['late', 'hours', 'sigmoid', 'truncated'])(
  '%s has no maps, and stays the very same bytes',
  name => {
    const bytes = modelBytes(name);
    expect(plainProbabilities(bytes)).toBe(bytes);
  },
);

test('whatever the bytes are, nothing is thrown, and what has no whole graph stays as it is', () => {
  for (let length = 0; length < maps.length; length++) {
    const cut = maps.subarray(0, length);
    const plain = plainProbabilities(cut);
    // From where the graph is whole, only what follows it is missing.
    if (plain !== cut) expect(length).toBeGreaterThan(maps.length - 40);
  }
  const random = seededRandom(3);
  const other = Uint8Array.from(maps);
  for (let i = 0; i < 3000; i++) {
    const at = Math.floor(random() * maps.length);
    const before = other[at] ?? 0;
    other[at] = Math.floor(random() * 256);
    expect(plainProbabilities(other)).toBeInstanceOf(Uint8Array);
    if (i % 5 > 0) other[at] = before;
  }
});
