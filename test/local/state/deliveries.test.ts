import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Deliveries, type Delivery } from '../../../local/state/deliveries.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const delivery = (id: string): Delivery => ({
  id,
  target: 't',
  input: { of: id },
  time: '2001-06-01T00:00:00Z',
});

/** All that can be started. */
function startable(deliveries: Deliveries): string[] {
  const ids: string[] = [];
  for (let next = deliveries.start(); next !== undefined; next = deliveries.start()) ids.push(next.id);
  return ids;
}

test('what is owed is started once, in its order, and forgotten when it is done', async () => {
  const path = join(temporaryDirectory(), 'deliveries.jsonl');
  const deliveries = await Deliveries.open(path);
  await deliveries.owe([delivery('a'), delivery('b')]);
  await deliveries.owe([delivery('a'), delivery('c')]);
  expect(deliveries.waiting).toBe(true);
  expect(startable(deliveries)).toEqual(['a', 'b', 'c']);
  expect(deliveries.waiting).toBe(false);
  await deliveries.done('b');
  await deliveries.owe([delivery('b')]);
  expect(startable(deliveries)).toEqual([]);
  await deliveries.close();

  const after = await Deliveries.open(path);
  expect(after.start()).toEqual(delivery('a'));
  expect(startable(after)).toEqual(['c']);
  await after.owe([delivery('b'), delivery('d')]);
  expect(startable(after)).toEqual(['d']);
  await after.close();
});

test('a cause is seen once, with or without deliveries', async () => {
  const path = join(temporaryDirectory(), 'deliveries.jsonl');
  const deliveries = await Deliveries.open(path);
  await deliveries.owe([], 'nothing came of it');
  await deliveries.owe([delivery('a')], 'something did');
  expect(deliveries.hasSeen('another')).toBe(false);
  await deliveries.close();

  const after = await Deliveries.open(path);
  expect([after.hasSeen('nothing came of it'), after.hasSeen('something did'), after.seen]).toEqual([
    true,
    true,
    2,
  ]);
  await after.close();
});
