import { snapshotDataset } from '../../../../core/data/dataset/snapshot-dataset.ts';
import { dataKeys } from '../../../../core/storage/layout.ts';
import { accept, salesSpec, temporaryStore } from './fixture.ts';

/**
 * Run by a test as a process of its own: accepts three parts in the order given by the arguments, builds the
 * dataset, and prints the bytes of everything written, by name.
 */

/** Sums of such decimals depend on the order in which rows are added, and the parts are large enough for threads. */
const queryOf = (part: number): string => `
  SELECT 'shop-' || (i % 7) AS shop, TIMESTAMP '2026-01-01' + to_hours((i % 1000)::INTEGER) AS "at",
    (hash(i, ${part}) % 1000003)::DOUBLE / 7 * pow(10, i % 9) AS amount
  FROM range(130000) AS t(i)`;

const spec = salesSpec({ every: '1 hour', top: 5 }, { horizon: 24 });
await using temporary = await temporaryStore();
const { store } = temporary;
for (const [i, part] of process.argv.slice(2).entries()) {
  await accept(store, spec, queryOf(Number(part)), `2026-03-0${i + 1}T00:00:00.000Z`);
}
const { id } = await snapshotDataset({
  data: store,
  spec,
  time: `2026-04-01T00:00:00.${process.argv[2]}00Z`,
});
const written: Record<string, string> = {};
for await (const { key } of store.list(dataKeys.datasets(spec.name))) {
  written[key] = (await store.get(key))?.body.toString('base64') ?? '';
}
process.stdout.write(JSON.stringify({ id, written }));
