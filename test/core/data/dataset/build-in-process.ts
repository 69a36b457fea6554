import { snapshotDataset } from '../../../../core/data/dataset/snapshot-dataset.ts';
import { snapshotExamples } from '../../../../core/data/dataset/snapshot-examples.ts';
import { examplesSchema } from '../../../../core/spec/examples.ts';
import { sha256 } from '../../../../core/storage/digest.ts';
import { acceptTable, salesSpec, temporaryStore } from './fixture.ts';

/**
 * Run by a test as a process of its own: accepts three parts in the order given by the arguments, builds a dataset
 * of series and one of examples, and prints the hashes of everything written, by key.
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
  for (const model of ['sales', 'classes']) {
    await acceptTable(store, model, 'sales', queryOf(Number(part)), `2026-03-0${i + 1}T00:00:00.000Z`);
  }
}
await snapshotDataset({ data: store, spec, time: `2026-04-01T00:00:00.${process.argv[2]}00Z` });
await snapshotExamples({
  data: store,
  spec: {
    ...{ name: 'classes', task: 'classification', tables: spec.tables },
    examples: examplesSchema.parse({
      ...{ base: 'sales', id: ['shop', 'at'], target: 'amount > 1000' },
      features: { shop: 'shop', hour: 'hour("at")', tenth: 'amount / 10' },
      known: ['amount'],
    }),
    split: { by: 'time', validation: '1 week', test: '1 week' },
  },
});
const written: Record<string, string> = {};
for await (const { key } of store.list('datasets/')) {
  written[key] = sha256((await store.get(key))?.body ?? '');
}
process.stdout.write(JSON.stringify(written));
