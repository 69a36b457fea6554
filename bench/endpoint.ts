import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as z from 'zod';
import { openStore } from '../core/storage/open-store.ts';
import { ENVIRONMENT } from '../core/telemetry/environment.ts';
import { bundleHandlers, writeBundle } from '../lib/functions/bundle-handlers.ts';
import { ENDPOINT } from '../lib/functions/handlers.ts';
import { PROJECT } from '../lib/project.ts';
import { writeOrders } from './orders.ts';
import { atMost, type Row } from './rows.ts';
import { deliverServed, SERVED, type Served } from './served-models.ts';

const measured = z.object({ cold: z.number(), p50: z.number(), p99: z.number() });

const MARKS = { sql: { p50: 5, p99: 20, cold: 800 }, plain: { p50: 1, p99: 5, cold: 300 } } as const;
const CALLS = 2000;

/** The endpoint's handler, bundled as it is deployed, asked for one row at a time: 2,000 times, and in fresh processes. */
export async function endpoint(directory: string): Promise<Row[]> {
  const orders = join(directory, 'served.csv');
  await writeOrders(orders, 50_000);
  const bundleDirectory = join(directory, 'endpoint');
  mkdirSync(bundleDirectory, { recursive: true });
  const bundles = bundleHandlers([ENDPOINT.entry]);
  writeBundle(bundleDirectory, bundles, ENDPOINT);
  const bundle = bundles.get(ENDPOINT.entry) ?? new Uint8Array();
  const rows: Row[] = [['endpoint: bundle', `${(bundle.length / 1e6).toFixed(2)} MB`, '', '']];
  for (const name of ['sql', 'plain'] as const) {
    const urls = ['data', 'models'].map(bucket => pathToFileURL(join(directory, name, bucket)).href);
    const [data = '', models = ''] = urls;
    const model = await deliverServed({ data: openStore(data), models: openStore(models) }, name, orders);
    const environment = {
      [ENVIRONMENT.dataStore]: data,
      [ENVIRONMENT.modelStore]: models,
      [ENVIRONMENT.servedModel]: model,
    };
    const first = [1, 2, 3, 4, 5].map(() => call(bundleDirectory, name, environment, 1).cold);
    const { p50, p99 } = call(bundleDirectory, name, environment, CALLS);
    const marks = MARKS[name];
    const what = name === 'sql' ? 'one row, features by SQL' : 'one row, columns alone';
    rows.push(
      atMost(`endpoint, ${what}: p50`, p50, marks.p50, 'ms'),
      atMost(`endpoint, ${what}: p99`, p99, marks.p99, 'ms'),
      atMost(
        `endpoint, ${what}: start and first answer`,
        first.sort((a, b) => a - b)[2] ?? Number.NaN,
        marks.cold,
        'ms',
      ),
    );
  }
  return rows;
}

function call(directory: string, name: Served, environment: Readonly<Record<string, string>>, count: number) {
  const program = fileURLToPath(import.meta.resolve('./programs/call-endpoint.ts'));
  const args = [program, join(directory, 'index.mjs'), JSON.stringify(SERVED[name].row), String(count)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: {
      ...process.env,
      ...environment,
      AWS_REGION: 'eu-west-1',
      NODE_PATH: join(PROJECT, 'node_modules'),
    },
  });
  if (status !== 0) throw new Error(`The endpoint failed:\n${stderr}`);
  return measured.parse(JSON.parse(stdout.trimEnd()));
}
