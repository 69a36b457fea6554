import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { storesOf } from '../../cli/local-cloud.ts';
import { isAnswered } from '../../core/serving/prediction-log.ts';
import { readPredictionLog } from '../../core/serving/read-prediction-log.ts';
import { PROJECT } from '../../lib/project.ts';
import { HUBS_CSV, parcelSpec, parcelsCsv } from '../support/tabular-loop.ts';

const directory = mkdtempSync(join(tmpdir(), 'antei-up-'));
const [state, models] = [join(directory, 'state'), join(directory, 'models')];
const running: ChildProcessWithoutNullStreams[] = [];
afterAll(() => {
  for (const one of running) one.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** Starts `antei up`; what it says on stderr is collected. */
function up(): { readonly process: ChildProcessWithoutNullStreams; readonly said: () => string } {
  const args = [join(PROJECT, 'bin', 'antei.ts'), 'up', '--port', '0', '--state', state, '--models', models];
  const started = spawn(process.execPath, args, { cwd: directory });
  running.push(started);
  let said = '';
  started.stderr.on('data', chunk => {
    said += String(chunk);
  });
  return { process: started, said: () => said };
}

/** Looks until there is something. */
async function until<T>(what: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await what();
    if (found !== undefined) return found;
    await sleep(200);
  }
}

/** What a client of MLflow does to score rows: one POST of JSON, of whose answer it reads `predictions`. */
async function score(url: string, rows: { columns: string[]; data: unknown[][] }): Promise<unknown[]> {
  const response = await fetch(`${url}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'scored' },
    body: JSON.stringify({ dataframe_split: rows }),
  });
  if (response.status !== 200) throw new Error(await response.text());
  return z.object({ predictions: z.array(z.unknown()) }).parse(await response.json()).predictions;
}

test('antei up takes files, trains, serves, logs and ends when it is told to', async () => {
  mkdirSync(models);
  writeFileSync(join(models, 'parcels.yaml'), JSON.stringify(parcelSpec()));
  const from = new Date();
  const first = up();
  const url = await until(() => /http:\/\/127\.0\.0\.1:\d+\/parcels/.exec(first.said())?.[0]);
  expect((await fetch(`${url}/ping`)).status).toBe(503);

  const second = up();
  // Not when it exits: what it said may still be under way.
  expect(await once(second.process, 'close')).toEqual([1, null]);
  expect(second.said()).toMatch(/The state directory .* is in use by process \d+/);

  const incoming = /Put files into (\S+\/incoming\/)/.exec(first.said())?.[1] ?? '';
  const put = (table: string, content: string): void => {
    mkdirSync(join(incoming, 'parcels', table), { recursive: true });
    writeFileSync(join(directory, `${table}.csv`), content);
    renameSync(join(directory, `${table}.csv`), join(incoming, 'parcels', table, `${table}.csv`));
  };
  put('hubs', HUBS_CSV);
  put('parcels', parcelsCsv(0, 600));
  const served = await until(async () => {
    const response = await fetch(`${url}/version`);
    return response.status === 200 ? await response.json() : undefined;
  });
  expect(served).toMatchObject({ model: 'parcels', version: 1, challenger: null });

  const rows = {
    columns: ['hub', 'distance'],
    data: [
      ['ams', 90],
      ['cdg', 3],
    ],
  };
  expect(await score(url, rows)).toEqual(['true', 'false']);
  const { data } = await storesOf(state);
  const log = () =>
    Array.fromAsync(readPredictionLog({ data, model: 'parcels', from, to: new Date(Date.now() + 1000) }));
  const entries = await until(async () => {
    const found = (await log()).filter(isAnswered);
    return found.length === 2 ? found : undefined;
  });
  expect(entries).toMatchObject([
    {
      request: 'scored',
      row: 0,
      variant: 'champion',
      features: { hub: 'ams', distance: 90, region: 'east' },
    },
    { request: 'scored', row: 1, prediction: 'false' },
  ]);

  first.process.kill('SIGTERM');
  expect(await once(first.process, 'exit')).toEqual([0, null]);
  expect(readdirSync(state)).not.toContain('lock.pid');
});
