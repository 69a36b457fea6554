import { expect, test } from 'vitest';
import { writeModelCard } from '../../../core/insights/model-card.ts';
import { readableNumber } from '../../../core/insights/readable.ts';
import { temporaryStores, textOf } from '../../support/forecasting-loop.ts';
import { deliverParcels, hoursSpec, parcelsCsv } from '../../support/tabular-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const HEADING = 'Whether it is right on average';

async function cardOf(spec: ReturnType<typeof hoursSpec>) {
  const stores = temporaryStores();
  const { version, evaluation } = await deliverParcels(stores, spec, parcelsCsv(0, 600), time);
  if (evaluation.task !== 'regression') throw new Error('The fixture is a regression.');
  return {
    evaluation,
    card: await textOf(stores.models, await writeModelCard({ ...stores, spec, version })),
  };
}

test('of a regression shows what was predicted and what happened, level by level', async () => {
  const spec = hoursSpec({ candidates: [{ trainer: 'gradient-boosting', hyperparameters: { trees: 20 } }] });
  const { card, evaluation } = await cardOf(spec);
  expect(card).toContain(HEADING);
  expect(evaluation.levels.length).toBeGreaterThan(5);
  expect(evaluation.levels.reduce((sum, { rows }) => sum + rows, 0)).toBe(100);
  for (const { from, to, predicted, observed } of evaluation.levels) {
    expect(card).toContain(`${readableNumber(from)} to ${readableNumber(to)}`);
    expect(card).toContain(`<td class="number">${readableNumber(predicted)}</td>`);
    expect(card).toContain(`<td class="number">${readableNumber(observed)}</td>`);
  }
});

test('has no such section where one value is all that is ever predicted, or a quantile is', async () => {
  const baseline = await cardOf(hoursSpec({ candidates: [{ trainer: 'baseline' }] }));
  expect(baseline.evaluation.levels).toHaveLength(1);
  expect(baseline.card).not.toContain(HEADING);
  const quantile = await cardOf(hoursSpec({ quantile: 0.9 }));
  expect(quantile.evaluation.levels).toEqual([]);
  expect(quantile.card).not.toContain(HEADING);
});
