import { snapshotExamples } from '../core/data/dataset/snapshot-examples.ts';
import { validateUpload } from '../core/data/upload/validate-upload.ts';
import { evaluateCandidates } from '../core/evaluation/evaluate-candidates.ts';
import { promoteVersion } from '../core/registry/promote-version.ts';
import { registerVersion } from '../core/registry/versions.ts';
import { parseSpec } from '../core/spec/parse-spec.ts';
import { isTabular, type TabularSpec } from '../core/spec/schema.ts';
import { dataKeys } from '../core/storage/layout.ts';
import type { ObjectStore } from '../core/storage/object-store.ts';
import { candidatesOf } from '../core/training/candidates.ts';
import { trainCandidate } from '../core/training/train-candidate.ts';

const TIME = '2026-07-01T00:00:00.000Z';

/** Two models of the generated orders: with features by SQL over a joined table, and with columns alone. */
export const SERVED = {
  sql: {
    features: `hour: hour(orders.ordered_at), weekday: dayofweek(orders.ordered_at),
    amount: orders.quantity * orders.price, channel: orders.channel, region: s.region, age: s.age, size: ln(s.size)`,
    joins: '[{ table: shops, as: s, on: orders.shop = s.shop }]',
    row: { ordered_at: '2026-06-30T12:30:00Z', quantity: 3, price: 12.5, channel: 'web', shop: 'shop-017' },
  },
  plain: {
    features: 'quantity: orders.quantity, price: orders.price, channel: orders.channel',
    joins: '[]',
    row: { quantity: 3, price: 12.5, channel: 'web' },
  },
} as const;

export type Served = keyof typeof SERVED;

function specOf(name: Served): TabularSpec {
  const { features, joins } = SERVED[name];
  const spec = parseSpec(
    `
name: bench-${name}
task: classification
tables:
  orders:
    time: ordered_at
    columns:
      id: { type: integer, required: true }
      ordered_at: { type: timestamp, required: true }
      shop: { type: string, required: true, references: shops.shop }
      quantity: { type: integer, required: true, min: 1, max: 100 }
      price: { type: number, required: true, min: 0, max: 10000 }
      paid: { type: boolean, required: true }
      channel: { type: string, values: [web, store, phone] }
  shops:
    mode: replace
    key: shop
    columns: { shop: { type: string }, region: { type: string }, age: { type: number }, size: { type: number } }
examples:
  base: orders
  id: [id]
  joins: ${joins}
  features: { ${features} }
  target: orders.paid
  known: [paid]
split: { by: time, validation: 20 days, test: 20 days }
candidates: [{ trainer: gradient-boosting, hyperparameters: { trees: 100, depth: 6, early_stopping: 0 } }]
gate: { better_than: [] }
`,
    `bench-${name}.yaml`,
  );
  if (!isTabular(spec)) throw new Error('The specs of the benchmark are tabular.');
  return spec;
}

/** Trains a model on an orders file and puts it into production. Returns its name. */
export async function deliverServed(
  stores: { readonly data: ObjectStore; readonly models: ObjectStore },
  name: Served,
  ordersFile: string,
): Promise<string> {
  const { data, models } = stores;
  const spec = specOf(name);
  const shops = Array.from({ length: 200 }, (_, i) =>
    [`shop-${String(i).padStart(3, '0')}`, ['north', 'south', 'west'][i % 3], i % 17, 100 + i].join(','),
  );
  const keyOf = (table: string) => dataKeys.incoming({ model: spec.name, table, file: `${table}.csv` });
  await data.put(keyOf('shops'), `shop,region,age,size\n${shops.join('\n')}\n`);
  await data.putFile(keyOf('orders'), ordersFile);
  for (const table of ['shops', 'orders']) {
    const { accepted, reasons } = await validateUpload({ data, spec, key: keyOf(table), time: TIME });
    if (!accepted) throw new Error(JSON.stringify(reasons));
  }
  const dataset = (await snapshotExamples({ data, spec })).id;
  const runs = [];
  for (const candidate of candidatesOf(spec)) {
    const run = await trainCandidate({
      ...stores,
      spec,
      dataset,
      candidate,
      time: TIME,
      codeDigest: 'bench',
    });
    runs.push({ run: run.id });
  }
  const { run } = await evaluateCandidates({ ...stores, spec, dataset, runs, time: TIME });
  const { version } = await registerVersion({ ...stores, model: spec.name, dataset, run, time: TIME });
  await promoteVersion({ models, model: spec.name, version, time: TIME });
  return spec.name;
}
