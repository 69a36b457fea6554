import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type LocalCloud, withLocalCloud } from '../../cli/local-cloud.ts';
import { listEvents } from '../../core/registry/events.ts';
import { readProduction } from '../../core/registry/production.ts';
import { dataKeys } from '../../core/storage/layout.ts';
import { EndpointServer } from '../../local/http/endpoint-server.ts';
import { HUBS_CSV, parcelSpec, parcelsCsv } from '../support/tabular-loop.ts';

/**
 * Trials with real requests over HTTP, through the synthesized template and the bundled handlers. The endpoint logs at the
 * time of the machine, so the virtual clock follows it until the requests are through.
 */
const directory = mkdtempSync(join(tmpdir(), 'antei-trial-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const REQUESTS = 60;

async function upload(
  { cloud, dataBucket }: LocalCloud,
  table: string,
  name: string,
  csv: string,
): Promise<void> {
  const path = join(directory, name);
  writeFileSync(path, csv);
  await cloud.upload(dataBucket, dataKeys.incoming({ model: 'parcels', table, file: name }), path);
}

/** Delivers a first version, then a second one that is tried while rows are asked for; tells what came of it. */
async function tried(name: string, rollout: Record<string, unknown>) {
  const spec = parcelSpec({
    candidates: [{ trainer: 'gradient-boosting', grid: { trees: [20] } }],
    gate: { metric: 'log_loss', better_than: [] },
    rollout: { ...rollout, minutes: 30, min_requests: 20, on_little_traffic: 'keep' },
  });
  const options = { specs: [spec], state: join(directory, name), time: new Date() };
  return await withLocalCloud({ ...options, folderOf: () => undefined }, async local => {
    const { cloud, stores } = local;
    await upload(local, 'hubs', 'hubs.csv', HUBS_CSV);
    await upload(local, 'parcels', 'first.csv', parcelsCsv(0, 600));
    await cloud.follow(new Date());
    expect(await readProduction(stores.models, 'parcels')).toMatchObject({ champion: 1, challenger: null });
    await upload(local, 'parcels', 'second.csv', parcelsCsv(600, 650));
    await cloud.follow(new Date());
    // On trial, and still so: nobody jumps over the time of a trial.
    expect(await readProduction(stores.models, 'parcels')).toMatchObject({ challenger: { version: 2 } });
    const answers: { version: number; variant: string }[] = [];
    {
      await using server = await EndpointServer.start(cloud, 0);
      for (let i = 0; i < REQUESTS; i++) {
        const response = await fetch(`${server.url}/parcels/invocations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-request-id': `request-${i}` },
          body: JSON.stringify({ dataframe_records: [{ hub: 'ams', distance: (i * 37) % 101 }] }),
        });
        expect(response.status).toBe(200);
        answers.push(JSON.parse(await response.text()));
      }
    }
    await cloud.settle();
    const events = await listEvents(stores.models, 'parcels');
    return {
      answers,
      judged: events.find(({ kind }) => kind === 'rollout-judged'),
      production: await readProduction(stores.models, 'parcels'),
    };
  });
}

describe('a version that does as well as the champion', () => {
  test('is promoted by what it answered as a canary', async () => {
    const { answers, judged, production } = await tried('canary', { canary: 50 });
    const challenged = answers.filter(({ variant }) => variant === 'challenger');
    expect(new Set(challenged.map(({ version }) => version))).toEqual(new Set([2]));
    expect(challenged.length).toBeGreaterThanOrEqual(20);
    expect(challenged.length).toBeLessThan(REQUESTS);
    expect(judged).toMatchObject({
      summary: `Version 2 did as well as version 1: ${challenged.length} requests, 0 errors`,
      details: {
        ...{ mode: 'canary', verdict: 'good', promote: true },
        figures: { champion: { requests: REQUESTS }, pairs: challenged.length },
      },
    });
    expect(production).toMatchObject({ champion: 2, previous: 1, challenger: null });
  });

  test('is promoted by what it computed as a shadow, of which no caller notices', async () => {
    const { answers, judged, production } = await tried('shadow', { shadow: true });
    expect(new Set(answers.map(({ version, variant }) => `${version} ${variant}`))).toEqual(
      new Set(['1 champion']),
    );
    expect(judged).toMatchObject({
      details: { mode: 'shadow', verdict: 'good', promote: true, figures: { pairs: REQUESTS } },
    });
    expect(production).toMatchObject({ champion: 2, previous: 1 });
  });
});
