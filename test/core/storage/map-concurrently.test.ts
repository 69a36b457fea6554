import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapConcurrently } from '../../../core/storage/map-concurrently.ts';

test('gives results in the order of the items, and works on no more than so many at once', async () => {
  let under = 0;
  let most = 0;
  const results = await mapConcurrently([5, 1, 4, 2, 3], 2, async n => {
    most = Math.max(most, ++under);
    for (let turn = 0; turn < n; turn++) await setImmediate();
    under--;
    return n * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
  expect(await mapConcurrently([], 2, async () => 1)).toEqual([]);
});

test('begins nothing new after a failure', async () => {
  const begun: number[] = [];
  const work = async (n: number): Promise<void> => {
    begun.push(n);
    await setImmediate();
    if (n === 2) throw new Error('two');
  };
  await expect(mapConcurrently([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('two');
  await setImmediate();
  await setImmediate();
  expect(begun.length).toBeLessThanOrEqual(4);
});
