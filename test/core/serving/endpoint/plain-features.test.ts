import { describe, expect, test } from 'vitest';
import type { FeatureSource } from '../../../../core/serving/endpoint/features.ts';
import { inputsOf } from '../../../../core/serving/endpoint/input-rows.ts';
import { plainFeatures } from '../../../../core/serving/endpoint/plain-features.ts';
import { sqlFeatures } from '../../../../core/serving/endpoint/sql-features.ts';
import { tablesSchema } from '../../../../core/spec/schema.ts';
import { predictorArtifactSchema } from '../../../../core/training/tabular/predictor-artifact.ts';
import { ASKED_AT } from '../../../support/endpoint.ts';
import { temporaryStores } from '../../../support/forecasting-loop.ts';
import { fc } from '../../../support/properties.ts';

const COLUMNS = {
  text: { type: 'string' },
  whole: { type: 'integer' },
  amount: { type: 'number' },
  flag: { type: 'boolean' },
  day: { type: 'date' },
  moment: { type: 'timestamp' },
};

const KINDS = { text: 'category', whole: 'number', amount: 'number', flag: 'number' } as const;

/** A model whose features are SQL expressions by name; of kind number unless they are columns of text. */
const artifactOf = (
  features: Readonly<Record<string, string>>,
  more: object = {},
  columns: object = COLUMNS,
) =>
  predictorArtifactSchema.parse({
    recipe: { trainer: 'baseline', hyperparameters: {}, seed: 1, question: { task: 'regression' } },
    section: {
      task: 'regression',
      tables: { rows: { columns } },
      examples: { base: 'rows', id: 'whole', features, target: 'amount', ...more },
      split: { by: 'hash', validation: 0.1, test: 0.1 },
    },
    features: Object.entries(features).map(([name, sql]) => ({
      name,
      kind: /text/i.test(sql) ? 'category' : 'number',
    })),
    calibration: null,
  });

describe('features that are columns', () => {
  const plain = ['amount', 'rows.amount', ' "amount" ', 'ROWS . Amount', '"rows"."amount"'];
  test.each(plain)('%s needs no DuckDB', sql => {
    expect(plainFeatures(artifactOf({ f: sql }))?.needed).toEqual(['amount']);
  });

  const others = [
    'amount + 0',
    '-amount',
    'amount::INTEGER',
    "'amount'",
    'o.amount',
    'nothing',
    'day',
    '1',
    'amount -- x',
  ];
  test.each(others)('%s does', sql => {
    expect(plainFeatures(artifactOf({ f: sql }))).toBeUndefined();
  });

  test('names that DuckDB takes for something else do, unless it is told that they are columns', () => {
    const columns = { ...COLUMNS, user: { type: 'number' }, current_date: { type: 'number' } };
    expect(plainFeatures(artifactOf({ f: 'user' }, {}, columns))).toBeUndefined();
    expect(plainFeatures(artifactOf({ f: 'current_date' }, {}, columns))).toBeUndefined();
    expect(plainFeatures(artifactOf({ f: 'rows.user' }, {}, columns))?.needed).toEqual(['user']);
  });

  test('a join does, and so does a rule that only DuckDB can check', () => {
    const joins = [{ table: 'rows', as: 'o', on: 'rows.whole = o.whole' }];
    expect(plainFeatures(artifactOf({ f: 'amount' }, { joins }))).toBeUndefined();
    const pattern = { ...COLUMNS, text: { type: 'string', pattern: '[a-z]+' } };
    expect(plainFeatures(artifactOf({ f: 'text' }, {}, pattern))).toBeUndefined();
  });
});

const moment = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map(date => date.toISOString());
const missing = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null, freq: 5 });
const row = fc.record({
  text: missing(fc.string({ unit: 'grapheme', maxLength: 8 }).filter(text => !text.includes('\0'))),
  whole: missing(fc.maxSafeInteger()),
  amount: missing(fc.double({ noNaN: true, noDefaultInfinity: true })),
  flag: missing(fc.boolean()),
  day: missing(moment.map(text => text.slice(0, 10))),
  moment: missing(moment),
});

test('are the same with and without DuckDB, whatever the values are', async () => {
  const artifact = artifactOf(Object.fromEntries(Object.keys(KINDS).map(name => [name, `rows.${name}`])));
  const without = plainFeatures(artifact);
  const withIt = await sqlFeatures(temporaryStores().data, 'rows', artifact, ASKED_AT);
  if (without === undefined) throw new Error('Every feature is a column');
  expect(without.needed.toSorted()).toEqual(withIt.needed.toSorted());
  const { rows: contract } = tablesSchema.parse({ rows: { columns: COLUMNS } });
  const inputs = inputsOf(contract ?? { columns: {} }, withIt.needed);
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async rows => {
      const fields = Object.keys(COLUMNS) as (keyof (typeof rows)[number])[];
      const asked = { fields, rows: rows.map(one => fields.map(field => one[field])), text: false };
      const input = inputs.read(asked);
      const compute = async (source: FeatureSource) => (await source.compute(input, ASKED_AT)).columns;
      expect(await compute(withIt)).toEqual(await compute(without));
    }),
    { numRuns: 100 },
  );
  await withIt[Symbol.asyncDispose]();
});
