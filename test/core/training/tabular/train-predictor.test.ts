import { describe, expect, test } from 'vitest';
import { snapshotExamples } from '../../../../core/data/dataset/snapshot-examples.ts';
import type { TabularSpec } from '../../../../core/spec/schema.ts';
import { modelKeys } from '../../../../core/storage/layout.ts';
import { NoCandidateError } from '../../../../core/telemetry/errors.ts';
import { trainCandidate } from '../../../../core/training/train-candidate.ts';
import { accept, type Stores, temporaryStores } from '../../../support/forecasting-loop.ts';
import {
  deliverParcels,
  evaluateRuns,
  HUBS_CSV,
  hoursSpec,
  PARCEL_COLUMNS,
  parcel,
  parcelSpec,
  parcelsCsv,
  trainExamples,
} from '../../../support/tabular-loop.ts';

const time = '2026-04-01T00:00:00.000Z';

/** Runs on parcels whose lines were changed, by trainer. */
async function trained(spec: TabularSpec, csv: string) {
  const stores = temporaryStores();
  await accept(stores, spec, 'hubs', HUBS_CSV, time);
  await accept(stores, spec, 'parcels', csv, time);
  const result = await trainExamples(stores, spec, time);
  const [baseline, boosting] = result.runs;
  if (baseline === undefined || boosting === undefined) throw new Error('Two runs were expected.');
  return { stores, ...result, baseline, boosting };
}

const changed = (count: number, change: (cells: string[], number: number) => string[]): string =>
  `${[PARCEL_COLUMNS, ...Array.from({ length: count }, (_, i) => change(parcel(i).split(','), i).join(','))].join('\n')}\n`;

describe('a tabular candidate', () => {
  test('learns, is measured on the validation part, and beats the baseline on the test part', async () => {
    const stores = temporaryStores();
    const spec = parcelSpec({ slices: ['hub'] });
    const { evaluation, version } = await deliverParcels(stores, spec, parcelsCsv(0, 600), time);
    expect(evaluation).toMatchObject({ passed: true, trainer: 'gradient-boosting', task: 'classification' });
    expect(evaluation.test.baseline).toMatchObject({ auc: 0.5, rows: 100 });
    expect(evaluation.test.chosen.auc).toBeGreaterThan(0.97);
    expect(evaluation.slices).toMatchObject([
      { feature: 'hub', others: 0, values: ['ams', 'ber', 'cdg', 'dub'].map(value => ({ value, rows: 25 })) },
    ]);
    expect(version).toMatchObject({ task: 'classification', dataEnd: '2026-03-01T09:00:00.001Z' });
  });

  test('of a regression has intervals, whose coverage on the test part is a metric', async () => {
    const stores = temporaryStores();
    const { evaluation } = await deliverParcels(stores, hoursSpec(), parcelsCsv(0, 600), time);
    if (evaluation.task !== 'regression') throw new Error('not a regression');
    expect(evaluation.trainer).toBe('gradient-boosting');
    expect(evaluation.test.chosen.r2).toBeGreaterThan(0.9);
    expect(evaluation.coverage[80]).toBeGreaterThan(0.7);
    expect(evaluation.test.chosen.coverage_95).toBe(evaluation.coverage[95]);
  });

  test('trained again after its run was lost, it leaves the same bytes', async () => {
    const spec = hoursSpec({
      candidates: [{ trainer: 'gradient-boosting', hyperparameters: { rows: 0.5 } }],
    });
    const stores = temporaryStores();
    await accept(stores, spec, 'hubs', HUBS_CSV, time);
    await accept(stores, spec, 'parcels', parcelsCsv(0, 600), time);
    const { id: dataset } = await snapshotExamples({ data: stores.data, spec });
    const [candidate] = spec.candidates;
    if (candidate === undefined) throw new Error('no candidate');
    const train = () => trainCandidate({ ...stores, spec, dataset, candidate, time, codeDigest: 'c' });
    const first = await train();
    expect(await train()).toEqual(first);
    await stores.models.delete(modelKeys.run(spec.name, first.id, 'run.json'));
    const second = await train();
    if (first.status === 'failed' || second.status === 'failed') throw new Error('The run failed.');
    expect(second.artifacts).toEqual(first.artifacts);
    expect(Object.keys(first.artifacts).sort()).toEqual(['model/model.bin', 'model/model.json']);
  });

  test('another quantile is another run, and predicts higher', async () => {
    const ids = new Set<string>();
    for (const quantile of [undefined, 0.5, 0.9]) {
      const { boosting, baseline } = await trained(hoursSpec({ quantile }), parcelsCsv(0, 600));
      expect(boosting.status).toBe('succeeded');
      ids.add(boosting.id).add(baseline.id);
      if (boosting.status === 'failed' || quantile !== 0.9) continue;
      expect(boosting.metrics.validation.bias).toBeGreaterThan(1);
    }
    expect(ids.size).toBe(6);
  });
});

/** Every way in which data can be unfit: the boosted trees say why, the baseline goes on, and the gate refuses it. */
describe('bad input', () => {
  const judged = async (stores: Stores, spec: TabularSpec, csv: string) => {
    await accept(stores, spec, 'hubs', HUBS_CSV, time);
    await accept(stores, spec, 'parcels', csv, time);
    return evaluateRuns(stores, spec, await trainExamples(stores, spec, time), time);
  };

  test.each<[string, TabularSpec, string, RegExp]>([
    [
      'a constant target',
      hoursSpec(),
      changed(600, cells => [...cells.slice(0, 4), '7']),
      /^The target is 7 in all 400 examples of the train part, so there is nothing to learn\.$/,
    ],
    [
      'features without any value',
      parcelSpec({ examples: { ...parcelSpec().examples, features: { distance: 'parcels.distance' } } }),
      changed(600, ([sent = '', number = '', hub = '', , hours = '']) => [sent, number, hub, '', hours]),
      /^No feature has a value in any of the 400 examples of the train part \(distance\)\./,
    ],
    [
      'a feature that is the target',
      hoursSpec(),
      changed(600, cells => [...cells.slice(0, 3), cells[4] ?? '', cells[4] ?? '']),
      /^The feature "distance" is the target: it tells it exactly in all 400 examples/,
    ],
  ])('%s: a named error, the other candidate goes on', async (_, spec, csv, message) => {
    const { boosting, baseline } = await trained(spec, csv);
    expect(boosting).toMatchObject({ status: 'failed', error: { name: 'TrainingError' } });
    if (boosting.status === 'failed') expect(boosting.error.message).toMatch(message);
    expect(baseline.status).toBe('succeeded');
    expect(await judged(temporaryStores(), spec, csv)).toMatchObject({ passed: false, trainer: 'baseline' });
  });

  test('when nothing else is left, the workflow fails with the reason', async () => {
    const only = { candidates: [{ trainer: 'gradient-boosting' }], gate: { better_than: [] } };
    const csv = changed(600, cells => [...cells.slice(0, 4), '7']);
    await expect(judged(temporaryStores(), hoursSpec(only), csv)).rejects.toThrow(NoCandidateError);
    await expect(judged(temporaryStores(), hoursSpec(only), csv)).rejects.toThrow(
      'No candidate of parcels could be trained. gradient-boosting: TrainingError: The target is 7',
    );
  });

  test('one class only, and ten rows that leave a part empty, are errors of the dataset', async () => {
    const late = changed(600, cells => [...cells.slice(0, 4), '90']);
    await expect(judged(temporaryStores(), parcelSpec(), late)).rejects.toThrow(
      'examples.target has 1 value in the train part (true); a classification needs two at least.',
    );
    await expect(judged(temporaryStores(), parcelSpec(), parcelsCsv(0, 10))).rejects.toThrow(
      'No example of table parcels falls into train and validation',
    );
  });

  test('ten rows in all parts are too few for a tree, and enough for a mean', async () => {
    const spec = hoursSpec({ split: { by: 'hash', validation: 0.3, test: 0.3 } });
    const { boosting, baseline } = await trained(spec, parcelsCsv(0, 10));
    expect(baseline.status).toBe('succeeded');
    expect(boosting).toMatchObject({
      status: 'failed',
      error: {
        name: 'TrainingError',
        message: expect.stringMatching(/^The examples weigh \d together, and a tree needs two leaves/),
      },
    });
    expect(await judged(temporaryStores(), spec, parcelsCsv(0, 10))).toMatchObject({ passed: false });
  });

  test('as many categories as rows teach nothing, and break nothing', async () => {
    const spec = parcelSpec({
      examples: {
        ...parcelSpec().examples,
        features: { code: "'c' || parcels.number", distance: 'parcels.distance' },
      },
    });
    const { boosting } = await trained(spec, parcelsCsv(0, 600));
    if (boosting.status === 'failed') throw new Error(boosting.error.message);
    expect(boosting.metrics.validation.auc).toBeGreaterThan(0.9);
  });

  test('infinite and unknown values are missing ones', async () => {
    const { examples } = hoursSpec();
    const features = {
      ...examples.features,
      odd: '1.0 / (parcels.number % 2)',
      log: 'ln(parcels.distance::DOUBLE + 1)',
    };
    const { boosting } = await trained(
      hoursSpec({ examples: { ...examples, features } }),
      parcelsCsv(0, 600),
    );
    if (boosting.status === 'failed') throw new Error(boosting.error.message);
    expect(boosting.metrics.validation.r2).toBeGreaterThan(0.9);
  });
});
