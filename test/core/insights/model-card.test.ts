import { describe, expect, test } from 'vitest';
import { loadDataset } from '../../../core/data/dataset/load-dataset.ts';
import { findEvaluation } from '../../../core/evaluation/evaluation-record.ts';
import type { ForecastCardFacts } from '../../../core/insights/cards/forecast-card.ts';
import { renderModelCard, writeModelCard } from '../../../core/insights/model-card.ts';
import { readableNumber } from '../../../core/insights/readable.ts';
import { listVersions } from '../../../core/registry/versions.ts';
import type { ForecastingSpec } from '../../../core/spec/schema.ts';
import { modelKeys } from '../../../core/storage/layout.ts';
import { loadRun } from '../../../core/training/run-record.ts';
import {
  accept,
  dayOf,
  deliver,
  ofForecasts,
  salesCsv,
  shopSpec,
  temporaryStores,
  textOf,
} from '../../support/forecasting-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const SHOPS = ['a', 'b', 'c', 'd', 'e', '<img src=x>', 'g'];

async function delivered(spec: ForecastingSpec) {
  const stores = temporaryStores();
  await accept(stores, spec, 'sales', salesCsv(SHOPS, 0, 70), time);
  return { stores, version: await deliver(stores, spec, time) };
}

async function factsOf(spec: ForecastingSpec): Promise<ForecastCardFacts> {
  const { stores, version } = await delivered(spec);
  const run = await loadRun(stores.models, spec.name, version.run);
  const evaluation = await findEvaluation(stores.models, spec.name, version.run);
  if (run.status === 'failed' || evaluation === undefined) throw new Error('The fixture did not train.');
  return {
    spec,
    version: ofForecasts(version),
    run: ofForecasts(run),
    evaluation: ofForecasts(evaluation),
    dataset: await loadDataset(stores.data, spec.name, version.dataset),
  };
}

describe('model card', () => {
  test('tells measures, origin, owners and limits', async () => {
    const owners = { data: 'data@example.com', model: 'science@example.com' };
    const facts = await factsOf(shopSpec({ description: 'Sales & more', owners }));
    const { version, evaluation, dataset } = facts;
    const card = renderModelCard(facts);
    expect(card).toContain('<title>sales, version 1</title>');
    expect(card).toContain('Sales &amp; more');
    for (const { mase } of [version.metrics.validation, evaluation.test.chosen, evaluation.test.baseline]) {
      expect(card).toContain(`<td class="number">${readableNumber(mase ?? null)}</td>`);
    }
    expect(card).toContain(`<code>${dataset.id}</code>`);
    expect(card).toContain(`test ${dayOf(63)} to ${dayOf(70)} (49 values)`);
    expect(card).toContain('data data@example.com, model science@example.com');
    expect(card).toContain('is not forecast below zero');
  });

  test('draws the best and the worst series, and no name escapes', async () => {
    const card = renderModelCard(await factsOf(shopSpec()));
    // Five are best and two are worst; three of the best are drawn. One more chart is of the error by steps ahead.
    expect(card.match(/<svg /g)).toHaveLength(6);
    expect(card).not.toContain('<img');
    expect(card).toContain('Where it does worst');
  });

  test('shows what a model with features looks at', async () => {
    const candidates = [{ trainer: 'gradient-boosting', hyperparameters: { trees: 5 } }];
    const facts = await factsOf(shopSpec({ candidates }));
    const card = renderModelCard(facts);
    expect(card).toContain('What it looks at');
    expect(card).toContain(facts.run.importance[0]?.feature);
    expect(renderModelCard(await factsOf(shopSpec()))).not.toContain('What it looks at');
  });

  test('says what it is for, and what not', async () => {
    const spec = shopSpec();
    const card = renderModelCard(await factsOf(spec));
    const { value, table, every } = spec.series;
    expect(card).toContain(
      `Forecasts of <code>${value}</code> of ${table} in steps of ${every} for every shop`,
    );
    expect(card).toContain(`Periods more than ${spec.horizon} steps ahead.`);
    expect(card).toContain('Series that the data did not hold');
    expect(card).toContain('Owners: none named in the spec.');
  });

  test('draws the error of every step ahead beside the baseline; of a single step there is nothing to draw', async () => {
    const facts = await factsOf(shopSpec());
    const { horizon } = facts.evaluation;
    expect(horizon.length).toBeGreaterThan(1);
    const heading = 'How far ahead it can be relied on';
    const card = renderModelCard(facts);
    expect(card).toContain(heading);
    expect(card).toContain('MASE by steps ahead, beside the baseline');
    expect(card).toContain(`${horizon.length} steps ahead`);
    const single = { ...facts, evaluation: { ...facts.evaluation, horizon: horizon.slice(0, 1) } };
    expect(renderModelCard(single)).not.toContain(heading);
  });

  test('says how many series fell back, and why', async () => {
    const facts = await factsOf(shopSpec());
    const run = {
      ...facts.run,
      filled: 2,
      fallbacks: 1,
      empty: 1,
      fallbackReasons: { 'the history is constant': 1 },
    };
    const card = renderModelCard({ ...facts, run });
    expect(card).toContain('Missing values of 2 of 7 series were interpolated.');
    expect(card).toContain('For 1 of 7 series the baseline stood in: the history is constant (1).');
    expect(card).toContain('1 series had no value to learn from');
  });

  test('lies beside the version, is the same when written again, and is no version itself', async () => {
    const spec = shopSpec();
    const { stores, version } = await delivered(spec);
    const key = await writeModelCard({ ...stores, spec, version });
    expect(key).toBe(modelKeys.modelCard('sales', 1));
    const first = await textOf(stores.models, key);
    await writeModelCard({ ...stores, spec, version });
    expect(await textOf(stores.models, key)).toBe(first);
    expect(await listVersions(stores.models, 'sales')).toEqual([version]);
  });
});
