import { beforeAll, describe, expect, test } from 'vitest';
import { promoteVersion } from '../../../../core/registry/promote-version.ts';
import { rollBack } from '../../../../core/registry/roll-back.ts';
import { endRollout, startRollout } from '../../../../core/registry/rollout.ts';
import { loadVersion } from '../../../../core/registry/versions.ts';
import type { Endpoint } from '../../../../core/serving/endpoint/endpoint.ts';
import { variantOf } from '../../../../core/serving/variant.ts';
import { modelKeys } from '../../../../core/storage/layout.ts';
import { ASKED_AT, ask, endpointOf, storesOfFile } from '../../../support/endpoint.ts';
import { deliverParcels, parcelSpec, parcelsCsv } from '../../../support/tabular-loop.ts';

const time = '2026-03-02T06:00:00.000Z';
const model = 'parcels';
const stores = storesOfFile();
const rows = [{ hub: 'ams', distance: 90 }];
const later = (seconds: number): Date => new Date(ASKED_AT.getTime() + seconds * 1000);
const ids = Array.from({ length: 40 }, (_, i) => `request-${i}`);

beforeAll(async () => {
  const { trained } = await deliverParcels(stores, parcelSpec(), parcelsCsv(0, 600), time);
  const first = await loadVersion(stores.models, model, 1);
  // The other candidate, which says the same of every row.
  const other = trained.runs.find(({ id }) => id !== first.run);
  for (const version of [2, 3, 4]) {
    const record = { ...first, version, run: other?.id, dataEnd: `2026-03-0${version + 1}T00:00:00.000Z` };
    await stores.models.put(modelKeys.version(model, version), JSON.stringify(record));
  }
});

/** What the endpoint answers to each id. */
async function answered(endpoint: Endpoint, now: Date) {
  const answers = [];
  for (const id of ids) answers.push({ id, ...(await ask(endpoint, rows, { id, now })) });
  return answers;
}

describe('while a version is on trial', () => {
  test('as a canary, each request keeps to its variant, and the champion computes those of the challenger too', async () => {
    await startRollout({ ...stores, model, version: 2, mode: 'canary', percent: 30, time });
    const { endpoint } = endpointOf(stores, model);
    const answers = await answered(endpoint, ASKED_AT);
    const challenged = ids.filter(id => variantOf(id, 30) === 'challenger');
    expect(challenged.length).toBeGreaterThan(3);
    expect(answers.filter(({ answer }) => answer.variant === 'challenger').map(({ id }) => id)).toEqual(
      challenged,
    );
    for (const { id, answer, log, variant } of answers) {
      const isChallenger = challenged.includes(id);
      expect(answer).toMatchObject({ version: isChallenger ? 2 : 1, variant, request: id });
      expect(log).toMatchObject(
        isChallenger
          ? [
              { version: 2, variant: 'challenger', request: id, row: 0 },
              { version: 1, variant: 'shadow', request: id, row: 0 },
            ]
          : [{ version: 1, variant: 'champion', request: id, row: 0 }],
      );
    }
    const of = (version: number) => answers.find(({ answer }) => answer.version === version)?.answer;
    expect(of(1).probabilities).not.toEqual(of(2).probabilities);
  });

  test('as a canary, the time of an answer is what its own version took, not what the other one took after it', async () => {
    const { endpoint } = endpointOf(stores, model);
    const id = ids.find(one => variantOf(one, 30) === 'challenger') ?? '';
    // Each look at the clock is ten milliseconds after the one before.
    let looks = 0;
    const elapsed = (): number => ++looks * 10;
    const { log } = await ask(endpoint, rows, { id, elapsed });
    expect(log.map(({ variant, milliseconds }) => [variant, milliseconds])).toEqual([
      ['challenger', 10],
      ['shadow', 10],
    ]);
    expect(looks).toBe(3);
  });

  test('as a shadow, the champion answers all, and the challenger computes its share', async () => {
    await endRollout({ ...stores, model, version: 2, reason: 'of the test', time });
    await startRollout({ ...stores, model, version: 3, mode: 'shadow', percent: 100, time });
    const { endpoint } = endpointOf(stores, model);
    for (const { id, answer, log } of await answered(endpoint, ASKED_AT)) {
      expect(answer).toMatchObject({ version: 1, variant: 'champion' });
      expect(log).toMatchObject([
        { version: 1, variant: 'champion', request: id, row: 0, milliseconds: 1.5 },
        { version: 3, variant: 'shadow', request: id, row: 0, milliseconds: 0 },
      ]);
    }
    await endRollout({ ...stores, model, version: 3, reason: 'of the test', time });
  });

  test('a challenger that fails is logged, and no caller notices', async () => {
    await startRollout({ ...stores, model, version: 4, mode: 'shadow', percent: 100, time });
    const broken = await loadVersion(stores.models, model, 4);
    const { endpoint, faults } = endpointOf(stores, model);
    const key = modelKeys.version(model, 4);
    await stores.models.put(key, JSON.stringify({ ...broken, run: '0000000000000000' }));
    expect((await ask(endpoint, rows)).status).toBe(200);
    expect(faults.map(String)).toEqual([
      expect.stringContaining('There is no object "runs/parcels/0000000000000000/'),
    ]);
    await stores.models.put(key, JSON.stringify(broken));
    await endRollout({ ...stores, model, version: 4, reason: 'of the test', time });
  });
});

test('a rollback is effective within fifteen seconds', async () => {
  const newest = { ...(await loadVersion(stores.models, model, 4)), version: 5 };
  await stores.models.put(modelKeys.version(model, 5), JSON.stringify(newest));
  await promoteVersion({ models: stores.models, model, version: 5, time: '2026-04-01T00:00:00.000Z' });
  const { endpoint } = endpointOf(stores, model);
  expect((await ask(endpoint, rows, { now: later(0) })).answer.version).toBe(5);
  await rollBack({
    ...{ models: stores.models, model, time: later(1).toISOString() },
    ...{ actor: 'local:tester', reason: 'it is worse' },
  });
  // Looked at again behind the back of whoever asks after five seconds, waited for after ten.
  expect((await ask(endpoint, rows, { now: later(4) })).answer.version).toBe(5);
  expect((await ask(endpoint, rows, { now: later(14.9) })).answer.version).toBe(1);
});

test.each([
  [6, 0.1],
  [7, 3.3],
  [8, 5.1],
  [9, 9.9],
])(
  'the end of the canary of version %i, after %d s, is effective within fifteen more',
  async (version, ended) => {
    const at = (seconds: number): Date => later(version * 100 + seconds);
    const record = { ...(await loadVersion(stores.models, model, 4)), version };
    await stores.models.put(modelKeys.version(model, version), JSON.stringify(record));
    const start = { mode: 'canary', percent: 100, time: at(0).toISOString() } as const;
    await startRollout({ ...stores, model, version, ...start });
    const { endpoint } = endpointOf(stores, model);
    const answering = async (seconds: number) =>
      (await ask(endpoint, rows, { now: at(seconds) })).answer.version;
    expect(await answering(0)).toBe(version);
    for (let second = 1; second < ended; second++) await answering(second);
    await endRollout({ ...stores, model, version, reason: 'of the test', time: at(ended).toISOString() });
    for (let second = Math.ceil(ended); second < ended + 15; second++) await answering(second);
    expect(await answering(ended + 15)).toBe(1);
  },
);
