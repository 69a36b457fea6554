import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalCloud, withLocalCloud } from '../../cli/local-cloud.ts';
import { listEvents, type RegistryEvent } from '../../core/registry/events.ts';
import { readProduction } from '../../core/registry/production.ts';
import { loadVersion } from '../../core/registry/versions.ts';
import { dataKeys, modelKeys } from '../../core/storage/layout.ts';
import type { MetricId } from '../../core/telemetry/metrics.ts';
import type { AlarmState } from '../../local/cloud-event.ts';
import { functionResponse } from '../../local/http/function-event.ts';
import type { MetricPoint } from '../../local/monitoring/embedded-metric.ts';
import { MetricStore } from '../../local/monitoring/metric-store.ts';
import { PARCEL_COLUMNS, parcelSpec } from '../support/tabular-loop.ts';

/**
 * Every alarm of a model goes off and is over again in the embedded cloud, by what the deployed handlers emit. The steps
 * build on one another. The endpoint's handler has the machine's clock, so the days begin today.
 */
const DAY = 86_400_000;
const HOUR = 3_600_000;
const started = new Date();
const today = Math.floor(started.getTime() / DAY) * DAY;
const { examples, tables } = parcelSpec();
/** From this distance on, which no row of the training data has, an answer takes as long as one likes. */
const FAR = 1_000_000;
const spec = parcelSpec({
  stage: 'production',
  owners: { data: 'data@example.com', model: 'ds@example.com', operations: 'ops@example.com' },
  tables: { parcels: { ...tables.parcels, freshness: '8 days' } },
  examples: {
    ...examples,
    joins: [],
    features: {
      distance: `CASE WHEN parcels.distance < ${FAR} THEN parcels.distance
        ELSE levenshtein(repeat(parcels.hub, (parcels.distance - ${FAR})::BIGINT), repeat('x', 10000)) END`,
      hub: 'parcels.hub',
    },
  },
  candidates: [{ trainer: 'gradient-boosting', hyperparameters: { trees: 20, depth: 3 } }],
  gate: { metric: 'auc', min: 0.9, better_than: [] },
  monitoring: {
    every: '3 days',
    performance: { metric: 'auc', max_drop: 0.1 },
    ...{ on_degradation: 'rollback', on_drift: 'retrain', cooldown: '30 days' },
  },
});

const HUBS = ['ams', 'ber', 'cdg', 'dub'];

/** Ten parcels a day, as in other tests; degraded, all leave one hub for far places, and take any time. */
function parcelsCsv(fromDay: number, toDay: number, degraded = false): string {
  const lines = [PARCEL_COLUMNS];
  for (let number = fromDay * 10; number < toDay * 10; number++) {
    const sent = new Date(today + Math.floor(number / 10) * DAY + (((number % 10) + 10) % 10) * HOUR);
    const spread = (((number * 37) % 101) + 101) % 101;
    const ripple = (((number * 13) % 41) + 41) % 41;
    const hub = degraded ? 'dub' : (HUBS[(((number * 7) % 4) + 4) % 4] ?? '');
    const hours = degraded ? 19 + ripple : 19 + spread / 2 - 15 * Number(hub === 'cdg') + (ripple % 7);
    lines.push(`${sent.toISOString()},${number},${hub},${degraded ? 60 + 0.4 * spread : spread},${hours}`);
  }
  return `${lines.join('\n')}\n`;
}

const directory = mkdtempSync(join(tmpdir(), 'antei-alarms-'));
const state = join(directory, 'state');
let end = Promise.withResolvers<void>();
let local: LocalCloud;
let running: Promise<void>;
let files = 0;

const after = (days: number, hours = 0): Date => new Date(started.getTime() + days * DAY + hours * HOUR);

async function put(key: string, content: string): Promise<void> {
  const path = join(directory, `${++files}.csv`);
  writeFileSync(path, content);
  await local.cloud.upload(local.dataBucket, key, path);
  await local.cloud.settle();
}
const deliver = (content: string): Promise<void> =>
  put(dataKeys.incoming({ model: spec.name, table: 'parcels', file: `${files}.csv` }), content);

async function ask(distance = 10): Promise<number> {
  const answered = await local.cloud.call(spec.name, {
    ...{ rawPath: '/invocations', headers: { 'content-type': 'application/json' } },
    requestContext: { requestId: 'one', http: { method: 'POST' } },
    body: JSON.stringify({ dataframe_records: [{ distance, hub: 'ams' }] }),
    isBase64Encoded: false,
  });
  return functionResponse.parse(answered).statusCode;
}

const stateOf = (alarm: string): AlarmState | undefined =>
  local.cloud.alarms().find(({ name }) => name === `Antei parcels: ${alarm}`)?.state;

/** The values that a metric has had, of exactly the one dimension that its alarm looks at. */
const emitted = (metric: MetricId): number[] =>
  local.cloud
    .metrics(metric)
    .filter(({ dimensions }) => JSON.stringify(dimensions) === '{"Model":"parcels"}')
    .flatMap(({ values }) => values);

const eventsOf = async (kind: RegistryEvent['kind'], alarm?: string): Promise<RegistryEvent[]> =>
  (await listEvents(local.stores.models, spec.name)).filter(
    event => event.kind === kind && (alarm === undefined || event.details.alarm === alarm),
  );
const summaries = async (kind: RegistryEvent['kind'], alarm: string): Promise<string[]> =>
  (await eventsOf(kind, alarm)).map(({ summary }) => summary);

/**
 * An alarm of latency looks at a quarter of an hour: what the handler said of one slow answer is said again, every five
 * minutes from two days from now on. Everything but the time is its own.
 */
async function keepBeingSlow(slow: readonly MetricPoint[]): Promise<void> {
  const store = await MetricStore.open(join(state, 'metrics.jsonl'));
  for (const minutes of [0, 5, 10]) {
    const time = after(2).getTime() + minutes * 60_000;
    store.add(slow.map(point => ({ ...point, time })));
  }
  await store.written();
  await store.close();
}

/** Lets the cloud work until `end` is resolved. */
async function start(): Promise<void> {
  end = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<void>();
  running = withLocalCloud(
    { specs: [spec], folderOf: () => undefined, state, time: started },
    async cloud => {
      local = cloud;
      ready.resolve();
      await end.promise;
    },
  );
  await Promise.race([ready.promise, running]);
}

async function stop(): Promise<void> {
  end.resolve();
  await running;
}

beforeAll(start);
afterAll(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('the alarms of a model', () => {
  test('workflow failed: a request before there is anything that could answer it', async () => {
    await put(dataKeys.request(spec.name, 'early.csv'), 'distance,hub\n1,ams\n');
    expect(stateOf('workflow failed')).toBe('ALARM');
    expect(emitted('WorkflowFailures')).toEqual([1]);
  });

  test('three versions on good days: nothing goes off', async () => {
    for (const [from, to] of [
      [-60, -6],
      [-6, -3],
      [-3, 0],
    ] as const)
      await deliver(parcelsCsv(from, to));
    expect((await readProduction(local.stores.models, spec.name))?.champion).toBe(3);
    expect(stateOf('performance degraded')).toBe('OK');
    expect(stateOf('data drift')).toBe('OK');
  });

  test('endpoint errors and availability: the version in production cannot be loaded', async () => {
    const { models } = local.stores;
    const { run } = await loadVersion(models, spec.name, 3);
    const kept = new Map<string, Buffer>();
    for await (const { key } of models.list(modelKeys.run(spec.name, run, 'model/'))) {
      const object = await models.get(key);
      if (object !== undefined) kept.set(key, object.body);
    }
    for (const key of kept.keys()) await models.delete(key);
    expect([await ask(), await ask()]).toEqual([500, 500]);
    // To the moment of the failure, however long ago that is by now.
    const failed = local.cloud.metrics('EndpointErrors').map(({ time }) => time);
    await local.cloud.advanceTo(new Date(Math.max(...failed)));
    for (const [key, body] of kept) await models.put(key, body);

    expect([stateOf('endpoint errors'), stateOf('endpoint availability')]).toEqual(['ALARM', 'ALARM']);
    // Both alarms ask for the same remedy, which is done once.
    expect((await readProduction(models, spec.name))?.champion).toBe(2);
    const remedies = [
      ...(await summaries('remedied', 'errors')),
      ...(await summaries('remedied', 'availability')),
    ].map(summary => summary.split(': ')[1]?.split('.')[0]);
    expect(remedies.sort()).toEqual(['production was rolled back', 'the owners were told']);

    expect(await ask()).toBe(200);
    expect(emitted('EndpointErrors')).toEqual([1, 1, 0]);
    await local.cloud.advanceTo(new Date(local.cloud.now.getTime() + 2 * HOUR));
    expect([stateOf('endpoint errors'), stateOf('endpoint availability')]).toEqual(['OK', 'OK']);
    expect(await summaries('incident-closed', 'errors')).toEqual(['Endpoint errors: over']);
    expect(await summaries('incident-closed', 'availability')).toEqual(['Endpoint availability: over']);
    expect(stateOf('workflow failed')).toBe('OK');
  });

  test('uploads quarantined: a file without its columns', async () => {
    await deliver('sent,number\n2026-01-01,1\n');
    expect(stateOf('uploads quarantined')).toBe('ALARM');
    expect(emitted('UploadsQuarantined')).toEqual([1]);
    await local.cloud.advanceTo(new Date(local.cloud.now.getTime() + HOUR / 4));
    expect(stateOf('uploads quarantined')).toBe('OK');
  });

  test('endpoint latency: an answer that takes seconds, again and again', async () => {
    const isSlow = (milliseconds: number): boolean => milliseconds > 1000;
    // However fast the machine is, one of these takes more than a second.
    for (let more = 1000; !emitted('EndpointLatency').some(isSlow); more *= 2)
      expect(await ask(FAR + more)).toBe(200);
    const slow = local.cloud.metrics('EndpointLatency').filter(({ values }) => values.some(isSlow));
    expect(stateOf('endpoint latency')).toBe('OK');
    // The cloud is shut down and started again; what alarms have seen survives it.
    await stop();
    await keepBeingSlow(slow);
    await start();

    await local.cloud.advanceTo(new Date(after(2).getTime() + 11 * 60_000));
    expect(stateOf('endpoint latency')).toBe('ALARM');
    await local.cloud.advanceTo(after(2, 1));
    expect(stateOf('endpoint latency')).toBe('OK');
    expect(await summaries('remedied', 'latency')).toEqual([
      expect.stringContaining('the spec allows it once in 30 days'),
    ]);
    expect(await eventsOf('incident-closed', 'latency')).toHaveLength(1);
  });

  test('data too old: nine days without a file', async () => {
    await local.cloud.advanceTo(after(9, 1));
    expect(stateOf('data too old')).toBe('ALARM');
    await deliver(parcelsCsv(5, 9, true));
    await local.cloud.advanceTo(after(10, 1));
    expect(stateOf('data too old')).toBe('OK');
    expect(await summaries('incident-closed', 'freshness')).toEqual(['Data too old: over']);
  });

  test('performance degraded and data drift: two degraded windows, then good ones', async () => {
    expect(stateOf('performance degraded')).toBe('ALARM');
    // A rollback was done within the cooldown.
    expect(await summaries('remedied', 'performance')).toEqual([
      expect.stringContaining('the spec allows it once in 30 days'),
    ]);

    await local.cloud.advanceTo(after(13, 1));
    await deliver(parcelsCsv(9, 13, true));
    expect(stateOf('data drift')).toBe('ALARM');
    expect(await summaries('remedied', 'drift')).toEqual([expect.stringContaining('training was started')]);
    expect(stateOf('performance degraded')).toBe('ALARM');

    await local.cloud.advanceTo(after(17, 1));
    await deliver(parcelsCsv(13, 17));
    expect(stateOf('performance degraded')).toBe('OK');
    await local.cloud.advanceTo(after(21, 1));
    await deliver(parcelsCsv(17, 21));
    expect(stateOf('data drift')).toBe('OK');
    expect(await summaries('incident-closed', 'performance')).toEqual(['Performance degraded: over']);
    expect(await summaries('incident-closed', 'drift')).toEqual(['Data drift: over']);
  });

  test('every incident was opened, answered and closed, and production rolled back by itself once', async () => {
    const [opened, remedied, closed] = await Promise.all([
      eventsOf('incident-opened'),
      eventsOf('remedied'),
      eventsOf('incident-closed'),
    ]);
    const alarms = (events: readonly RegistryEvent[]) => events.map(({ details }) => details.alarm).sort();
    expect(new Set(alarms(opened))).toEqual(
      new Set(['availability', 'drift', 'errors', 'freshness', 'latency', 'performance']),
    );
    expect(alarms(remedied)).toEqual(alarms(opened));
    expect(alarms(closed)).toEqual(alarms(opened));
    expect(await eventsOf('rolled-back')).toHaveLength(1);
    const own = local.cloud.alarms().filter(({ name }) => name.startsWith('Antei parcels: '));
    expect(own.map(({ state: now }) => now)).toEqual(Array(8).fill('OK'));
  });
});
