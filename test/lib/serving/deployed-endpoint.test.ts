import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { S3Client } from '@aws-sdk/client-s3';
import type { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { modelKeys } from '../../../core/storage/layout.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { S3Store } from '../../../core/storage/s3.ts';
import { accept, dayOf, deliver, salesCsv, shopSpec } from '../../support/forecasting-loop.ts';
import { deliverParcels, parcelSpec, parcelsCsv } from '../../support/tabular-loop.ts';
import { GuardedS3, type Need } from '../support/guarded-s3.ts';
import { listedFolders, type Statement, statementsOf } from '../support/policies.ts';
import { type Synthesized, synthesize } from '../support/synthesize.ts';
import { resourceOf, resourcesOf } from '../support/template.ts';

/**
 * The endpoints as they are deployed: their bundle, beside the layers alone, speaks S3 to two buckets that grant each what
 * the template's policies grant, and nothing more.
 */

const time = '2026-03-02T06:00:00.000Z';
let app: Synthesized;
let s3: GuardedS3;
let address: string;
let stores: { readonly data: ObjectStore; readonly models: ObjectStore };
let statements: (Statement & { readonly model: string })[];
const used = new Set<string>();

beforeAll(async () => {
  app = synthesize([parcelSpec(), shopSpec()]);
  statements = ['parcels', 'sales'].flatMap(model =>
    statementsOf(app.model(model)).map(statement => ({ ...statement, model })),
  );
  s3 = new GuardedS3(['data', 'models'], allows);
  address = await s3.start();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const open = (bucket: string): ObjectStore => {
    const endpoint = s3.open.get(bucket) ?? '';
    const client = new S3Client({ endpoint, region: 'eu-west-1', forcePathStyle: true, credentials });
    return new S3Store(`s3://${bucket}`, client);
  };
  stores = { data: open('data'), models: open('models') };
  await deliverParcels(stores, parcelSpec(), parcelsCsv(0, 600), time);
  await accept(stores, shopSpec(), 'sales', salesCsv(['a', 'b'], 0, 70), time);
  await deliver(stores, shopSpec(), time);
});

afterAll(() => s3.stop());

const bucketOf = (reference: string): string => (/Data/.test(reference) ? 'data' : 'models');

/** The user is the model whose endpoint asks. */
function allows({ user, action, bucket, key }: Need): boolean {
  const own = statements.filter(({ model, Action }) => model === user && Action.includes(action));
  const prefixes = own.flatMap(statement =>
    action === 's3:ListBucket'
      ? statement.Resource.some(resource => bucketOf(resource) === bucket)
        ? listedFolders(statement)
        : []
      : statement.Resource.filter(resource => bucketOf(resource) === bucket).map(resource =>
          resource.slice(resource.indexOf('/') + 1, -1),
        ),
  );
  const prefix = prefixes.find(allowed => key.startsWith(allowed));
  if (prefix !== undefined) used.add(`${user} ${action} ${bucket}/${prefix}`);
  return prefix !== undefined;
}

const assetOf = (key: string): string => join(app.outdir, `asset.${key.replace(/\.zip$/, '')}`);
const code = z.object({ S3Key: z.string() });

/** Calls an endpoint as its URL would, under the credentials of its role. */
async function call(
  model: string,
  row: unknown,
): Promise<{ statusCode: number; body: string; lines: string[] }> {
  const template: Template = app.model(model);
  const bundle = code.parse(resourceOf(template, 'AWS::Lambda::Function', 'Endpoint').Properties.Code);
  const layers = resourcesOf(template, 'AWS::Lambda::LayerVersion').map(({ Properties }) =>
    join(assetOf(code.parse(Properties.Content).S3Key), 'nodejs', 'node_modules'),
  );
  const input = {
    ...{ rawPath: '/invocations', headers: { 'content-type': 'application/json' }, isBase64Encoded: false },
    requestContext: { requestId: 'r1', http: { method: 'POST' } },
    body: JSON.stringify({ dataframe_records: [row] }),
  };
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     import(workerData.bundle).then(({ handler }) => handler(workerData.input)).then(
       output => parentPort.postMessage(output), error => { throw error; });`,
    {
      ...{ eval: true, stdout: true },
      workerData: { bundle: join(assetOf(bundle.S3Key), 'index.mjs'), input },
      env: {
        ...{ ANTEI_DATA_STORE: 's3://data', ANTEI_MODEL_STORE: 's3://models', ANTEI_SERVED_MODEL: model },
        ...{ AWS_ENDPOINT_URL: address, AWS_REGION: 'eu-west-1' },
        ...{ AWS_ACCESS_KEY_ID: model, AWS_SECRET_ACCESS_KEY: 'test', NODE_PATH: layers.join(':') },
      },
    },
  );
  let written = '';
  worker.stdout.on('data', chunk => {
    written += String(chunk);
  });
  const answer = await new Promise<unknown>((resolve, reject) =>
    worker.once('message', resolve).once('error', reject),
  );
  // Output travels apart from messages.
  while (!written.includes('"_aws"')) await sleep(5);
  await worker.terminate();
  const parsed = z.object({ statusCode: z.int(), body: z.string() }).parse(answer);
  return { ...parsed, lines: written.trimEnd().split('\n') };
}

/** The one line of metrics of a request, to the letter: the alarms take the average of 0 and 1 as a share. */
const metricsOf = (
  entry: { readonly time: string },
  variant: { readonly Variant?: string },
  errors: number,
  refusals: number,
) => ({
  _aws: {
    Timestamp: Date.parse(entry.time),
    CloudWatchMetrics: [
      {
        Namespace: 'Antei',
        Dimensions: [['Model'], ...(variant.Variant === undefined ? [] : [['Model', 'Variant']])],
        Metrics: [
          { Name: 'EndpointRequests', Unit: 'Count' },
          { Name: 'EndpointErrors', Unit: 'Count' },
          { Name: 'EndpointRefusals', Unit: 'Count' },
          { Name: 'EndpointLatency', Unit: 'Milliseconds' },
        ],
      },
    ],
  },
  ...{ Model: 'parcels', ...variant },
  ...{ EndpointRequests: 1, EndpointErrors: errors, EndpointRefusals: refusals },
  EndpointLatency: expect.any(Number),
});

test('rows are answered, features by SQL; the log has the line and the metrics', async () => {
  const { statusCode, body, lines } = await call('parcels', { hub: 'ams', distance: 90 });
  expect({ statusCode, denied: s3.denied, body: JSON.parse(body) }).toMatchObject({
    ...{ statusCode: 200, denied: [] },
    body: { predictions: ['true'], version: 1, variant: 'champion' },
  });
  const [entry, metric] = lines.map(line => JSON.parse(line));
  expect(entry).toMatchObject({
    antei: 'prediction',
    features: { hub: 'ams', distance: 90, region: 'east' },
  });
  expect(metric).toEqual(metricsOf(entry, { Variant: 'champion' }, 0, 0));
});

test('a refusal is counted as one, and is no error', async () => {
  const { statusCode, lines } = await call('parcels', { hub: 'ams' });
  expect(statusCode).toBe(400);
  const [entry, metric] = lines.map(line => JSON.parse(line));
  expect(entry).toMatchObject({ antei: 'prediction', status: 400, version: 1, variant: 'champion' });
  expect(metric).toEqual(metricsOf(entry, { Variant: 'champion' }, 0, 1));
});

test('a failure of ours is counted as an error', async () => {
  const pointer = modelKeys.production('parcels');
  const before = await stores.models.get(pointer);
  await stores.models.put(pointer, '{}');
  const { statusCode, lines } = await call('parcels', { hub: 'ams', distance: 90 });
  await stores.models.put(pointer, before?.body ?? '');
  expect(statusCode).toBe(500);
  const [fault, entry, metric] = lines.map(line => JSON.parse(line));
  expect(fault).toMatchObject({ level: 'ERROR', request: 'r1' });
  expect(entry).toMatchObject({ antei: 'prediction', status: 500, version: null, variant: null });
  expect(metric).toEqual(metricsOf(entry, {}, 1, 0));
});

test('forecasts are answered, without DuckDB', async () => {
  expect(resourcesOf(app.model('sales'), 'AWS::Lambda::LayerVersion')).toEqual([]);
  const { statusCode, body } = await call('sales', { shop: 'a', day: dayOf(72) });
  expect({ statusCode, denied: s3.denied }).toEqual({ statusCode: 200, denied: [] });
  expect(JSON.parse(body)).toMatchObject({ model: 'sales', version: 1, predictions: [expect.any(Number)] });
});

test('no endpoint has a permission that it does not need', () => {
  const granted = statements.flatMap(({ model, Action, Resource }) =>
    Action.filter(action => action === 's3:GetObject' || action === 's3:PutObject').flatMap(action =>
      Resource.map(resource => {
        const [bucket = '', ...key] = resource.split('/');
        return `${model} ${action} ${bucketOf(bucket)}/${key.join('/').slice(0, -1)}`;
      }),
    ),
  );
  expect(granted).toHaveLength(7);
  expect(granted.filter(permission => !used.has(permission))).toEqual([]);
});
