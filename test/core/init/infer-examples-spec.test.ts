import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { snapshotExamples } from '../../../core/data/dataset/snapshot-examples.ts';
import { sqlProblems } from '../../../core/data/sql-problems.ts';
import { validateUpload } from '../../../core/data/upload/validate-upload.ts';
import type { ExamplesInference } from '../../../core/init/infer-examples-spec.ts';
import { inferSpec } from '../../../core/init/infer-spec.ts';
import { FileStore } from '../../../core/storage/file-store.ts';
import { dataKeys } from '../../../core/storage/layout.ts';
import { InferenceError } from '../../../core/telemetry/errors.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { orders, randomNumbers, shops } from './samples.ts';

function written(samples: Readonly<Record<string, string>>): { path: string; file: string }[] {
  const folder = temporaryDirectory();
  return Object.entries(samples).map(([file, content]) => {
    const path = join(folder, file);
    writeFileSync(path, content);
    return { path, file };
  });
}

async function infer(
  samples: Readonly<Record<string, string>>,
  target?: string,
  name = 'trial',
): Promise<ExamplesInference> {
  const inference = await inferSpec(name, written(samples), target);
  if ('target' in inference) return inference;
  throw new Error(`A forecast was inferred: ${inference.text}`);
}

/** The dataset that the samples themselves make under the spec that was inferred from them. */
async function datasetOf({ spec, tables, references }: ExamplesInference) {
  const data = new FileStore(`file://${temporaryDirectory()}`);
  const isReferenced = (table: string): boolean => references.some(({ target }) => target.table === table);
  const inOrder = tables.toSorted((a, b) => Number(isReferenced(b.table)) - Number(isReferenced(a.table)));
  for (const { table, file, path } of inOrder) {
    const key = dataKeys.incoming({ model: spec.name, table, file });
    await data.putFile(key, path);
    expect(await validateUpload({ data, spec, key, time: '2026-08-01T00:00:00Z' })).toMatchObject({
      accepted: true,
      reasons: [],
    });
  }
  return snapshotExamples({ data, spec });
}

/** 300 patients of 60 wards: whether they came back hangs on their age; the date of it was written when they did. */
function patients(): string {
  const random = randomNumbers(9);
  const rows = ['patient,ward,age,weight,weight lb,returned,bill sent,group,note'];
  for (let i = 0; i < 300; i++) {
    const age = 20 + Math.floor(60 * random());
    const returned = age + 30 * random() > 65;
    const weight = 50 + Math.floor(40 * random());
    rows.push(
      [
        `P${1000 + i}`,
        ...[i % 60, age, weight, (weight * 2.2).toFixed(1), returned ? 'yes' : 'no'],
        ...[returned ? 'late' : 'early', 'x', `text ${i}`],
      ].join(','),
    );
  }
  return `${rows.join('\n')}\n`;
}

describe('a spec for a target', () => {
  test('number: regression over a foreign key, split by time', async () => {
    const inferred = await infer({ 'orders.csv': orders(), 'shops.csv': shops() }, 'quantity');
    const { spec } = inferred;
    expect(spec).toMatchObject({
      task: 'regression',
      tables: {
        orders: { mode: 'append', time: 'ordered_at', key: ['order_id'] },
        shops: { mode: 'replace', key: ['shop'] },
      },
      examples: {
        base: 'orders',
        id: ['order_id'],
        joins: [{ table: 'shops', on: 'orders.shop = shops.shop' }],
        features: {
          hour: 'hour(orders.ordered_at)',
          weekday: 'dayofweek(orders.ordered_at)',
          shop: 'orders.shop',
          channel: 'orders.channel',
        },
        target: 'orders.quantity',
      },
      split: { by: 'time', validation: '10 days', test: '10 days' },
      gate: { metric: 'rmse', better_than: ['baseline', 'champion'] },
    });
    // City and zip are different for every shop: they say no more than the shop itself.
    expect(inferred.found.leftOut.map(({ name }) => name)).toEqual([
      'orders.order_id',
      'shops.city',
      'shops.zip',
    ]);
    expect(await sqlProblems(spec)).toEqual([]);
    const { rows } = await datasetOf(inferred);
    expect(rows.train + rows.validation + rows.test).toBe(2400);
    // Seven weeks of 240 orders on five days and 20 on two; ten days each at the end.
    expect(rows.validation).toBeGreaterThan(300);
    expect(rows.test).toBeGreaterThan(300);
  });

  test('truth value: classification without a time, split by hash; what tells the target is left out', async () => {
    const inferred = await infer({ 'patients.csv': patients() }, 'patients.returned');
    expect(inferred.spec).toMatchObject({
      task: 'classification',
      tables: { patients: { mode: 'replace', key: ['patient'] } },
      examples: {
        id: ['patient'],
        features: { ward: 'patients.ward', age: 'patients.age', weight: 'patients.weight' },
        target: 'patients.returned',
      },
      split: { by: 'hash', validation: 0.15, test: 0.15 },
      gate: { metric: 'auc' },
    });
    expect(inferred.found.leftOut).toEqual([
      { name: 'patients.patient', why: 'each row has a value of its own' },
      {
        name: 'patients.bill sent',
        why: 'it tells the target beyond doubt, so it was probably written with it or after it',
      },
      { name: 'patients.group', why: 'it has one value only' },
      { name: 'patients.note', why: 'each row has a value of its own' },
    ]);
    const dataset = await datasetOf(inferred);
    expect(dataset.columns.target.classes).toEqual(['false', 'true']);
    expect(dataset.rows.train + dataset.rows.validation + dataset.rows.test).toBe(300);
  });

  test('a number on a line with the target is the target in another unit', async () => {
    const { found, spec } = await infer({ 'patients.csv': patients() }, 'weight');
    expect(spec.task).toBe('regression');
    expect(found.leftOut.map(({ name }) => name)).toContain('patients.weight lb');
  });

  test('rows that nothing tells apart have all that could for an id', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => `${i % 10},${i % 4},${(i * 7) % 3}`);
    const inferred = await infer({ 'cells.csv': `a,b,y\n${rows.join('\n')}\n` }, 'y');
    expect(inferred.spec.examples.id).toEqual(['a', 'b']);
    expect(inferred.spec.tables.cells?.key).toBeUndefined();
  });

  test('the same files give the same text', async () => {
    const [one, other] = [
      await infer({ 'o.csv': orders() }, 'channel'),
      await infer({ 'o.csv': orders() }, 'channel'),
    ];
    expect(one.text).toBe(other.text);
    expect(one.spec.task).toBe('classification');
  });

  test.each([
    ['nothing', 'There is no column "nothing". Columns: "patients.patient", "patients.ward"'],
    ['group', '"group" has the same value in every row, so there is nothing to predict.'],
    ['note', '"note" has 300 different texts; at most 30 can be taken for classes.'],
  ])('%s cannot be predicted', async (target, message) => {
    const refused = infer({ 'patients.csv': patients() }, target);
    await expect(refused).rejects.toThrow(InferenceError);
    await expect(refused).rejects.toThrow(message);
  });

  test('moments, too few rows, and names that two tables have are refused by name', async () => {
    await expect(infer({ 'orders.csv': orders() }, 'ordered_at')).rejects.toThrow(
      '"ordered_at" is a timestamp; what is predicted is a number, true or false, or one of a few texts.',
    );
    await expect(infer({ 'shops.csv': shops() }, 'city')).rejects.toThrow(
      '"city" has a value in 5 rows of the sample; 50 at least are needed.',
    );
    await expect(infer({ 'orders.csv': orders(), 'shops.csv': shops() }, 'shop')).rejects.toThrow(
      'Several tables have a column "shop"; say which: "orders.shop" or "shops.shop".',
    );
    await expect(
      infer({ 'y.csv': `y\n${Array.from({ length: 60 }, (_, i) => i).join('\n')}\n` }, 'y'),
    ).rejects.toThrow('No column can tell anything of "y":\n  there is no other column');
  });
});

/** Rows of a machine at every hour: with more than the failure to forecast. */
function machines(outcome: string): string {
  const random = randomNumbers(5);
  const lines = [`machine,read_at,temp,${outcome}`];
  for (let hour = 0; hour < 800; hour++) {
    const temp = 50 + Math.floor(40 * random());
    const at = new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
    lines.push(`m${hour % 4},${at},${temp},${temp + 30 * random() > 90 ? 1 : 0}`);
  }
  return `${lines.join('\n')}\n`;
}

describe('without a target that is named', () => {
  test.each([
    ['a column that is called an outcome', 'trial', 'failure', 'machines.failure'],
    ['a column that is called as the model is', 'repairs', 'repaired', 'machines.repaired'],
    ['an outcome in Japanese', 'trial', '故障フラグ 故障', 'machines."故障フラグ 故障"'],
  ])('%s is predicted, also where rows have a time', async (_, model, column, target) => {
    const { spec, text } = await infer({ 'machines.csv': machines(column) }, undefined, model);
    expect(spec).toMatchObject({ task: 'classification', examples: { target }, split: { by: 'time' } });
    expect(text).toContain('predicted because of its name (another column: --predict)');
    expect(await sqlProblems(spec)).toEqual([]);
  });

  test('a quantity is predicted where rows have no time', async () => {
    const random = randomNumbers(3);
    const houses = Array.from({ length: 200 }, (_, i) => {
      const area = 30 + Math.floor(150 * random());
      return `${i},${area},${'NSW'[i % 3]},${area * 3000 + Math.floor(9000 * random())}`;
    });
    const inferred = await infer({ 'houses.csv': `id,area,district,price\n${houses.join('\n')}\n` });
    expect(inferred.spec).toMatchObject({
      task: 'regression',
      examples: { target: 'houses.price', features: { area: 'houses.area', district: 'houses.district' } },
      split: { by: 'hash' },
    });
    const { rows } = await datasetOf(inferred);
    expect(rows.train + rows.validation + rows.test).toBe(200);
  });

  test.each([
    ['what is no outcome by its name', { 'machines.csv': machines('night') }],
    [
      'two outcomes, of which neither is the likelier',
      { 'machines.csv': machines('failure,defect').replaceAll(/,([01])\n/g, ',$1,$1\n') },
    ],
    ['a table of orders and one of shops', { 'orders.csv': orders(), 'shops.csv': shops() }],
  ])('%s leaves the forecast', async (_, samples) => {
    expect((await inferSpec('trial', written(samples))).spec.task).toBe('forecasting');
  });
});
