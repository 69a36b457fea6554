import { describe, expect, test } from 'vitest';
import { snapshotDataset } from '../../../core/data/dataset/snapshot-dataset.ts';
import { trackCandidate } from '../../../core/tracking/track-candidate.ts';
import { lostTraining } from '../../../core/training/lost-training.ts';
import { accept, salesCsv, shopSpec, temporaryStores, textOf } from '../../support/forecasting-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const later = '2026-04-02T00:00:00.000Z';
const timedOut = {
  Error: 'Sandbox.Timedout',
  Cause: '{"errorMessage":"Task timed out after 900.00 seconds"}',
};
const died = {
  Error: 'Runtime.ExitError',
  Cause: '{"errorMessage":"Runtime exited with error: signal: killed"}',
};

describe('lostTraining says why, and what to do', () => {
  test.each([
    [timedOut, 'TrainingError', '(Sandbox.Timedout: Task timed out after 900.00 seconds). Ask for less'],
    [{ Error: 'States.Timeout', Cause: '' }, 'TrainingError', '(States.Timeout). Ask for less'],
    [
      died,
      'TrainingJobError',
      '(Runtime.ExitError: Runtime exited with error: signal: killed), most likely for want',
    ],
    [{ Error: 'Lambda.Unknown', Cause: 'No words.' }, 'TrainingJobError', '(Lambda.Unknown: No words), most'],
  ])('%j', (failure, name, message) => {
    expect(lostTraining(failure)).toMatchObject({ name, message: expect.stringContaining(message) });
  });
});

describe('a candidate that was given up', () => {
  async function classroom() {
    const [stores, spec] = [temporaryStores(), shopSpec()];
    await accept(stores, spec, 'sales', salesCsv(['a'], 0, 56), time);
    const { id: dataset } = await snapshotDataset({ data: stores.data, spec, time });
    const candidate = { trainer: 'mstl', hyperparameters: {} };
    const train = (more: object) =>
      trackCandidate({ ...stores, spec, dataset, candidate, time, codeDigest: 'c0de', ...more });
    const lineage = async () => {
      const types: unknown[] = [];
      for await (const { key } of stores.models.list('lineage/')) {
        types.push(JSON.parse(await textOf(stores.models, key)).eventType);
      }
      return types.sort();
    };
    return { train, lineage };
  }

  test('is a failed run with a start and an end, whatever else is asked of it: out of time for good', async () => {
    const { train, lineage } = await classroom();
    const lost = await train({ lost: timedOut });
    expect(lost).toMatchObject({ status: 'failed', trainer: 'mstl', error: { name: 'TrainingError' } });
    expect(await lineage()).toEqual(['FAIL', 'START']);
    expect(await train({ lost: timedOut })).toEqual(lost);
    expect(await train({ time: later })).toEqual(lost);
  });

  test('is tried again by the next delivery, where its function died', async () => {
    const { train } = await classroom();
    const lost = await train({ lost: died });
    expect(lost).toMatchObject({ status: 'failed', error: { name: 'TrainingJobError' } });
    expect(await train({})).toEqual(lost);
    expect(await train({ time: later })).toMatchObject({ id: lost.id, status: 'succeeded' });
  });

  test('that had come to its end stays what it is', async () => {
    const { train } = await classroom();
    const run = await train({});
    expect(await train({ lost: timedOut })).toEqual(run);
  });
});
