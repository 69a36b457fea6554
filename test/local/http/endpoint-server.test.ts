import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../../core/storage/open-store.ts';
import { EmbeddedCloud } from '../../../local/embedded-cloud.ts';
import { UnsupportedError } from '../../../local/errors.ts';
import { EndpointServer } from '../../../local/http/endpoint-server.ts';
import { inlineFunction, type WrittenResource, writeAssembly } from '../support/written-assembly.ts';

const NOW = new Date('2026-05-01T10:30:15Z');
const BUCKET = 'data';

/** Tells what it was sent; logs a line that is subscribed to, and two that are not. */
const CODE = `
exports.handler = async event => {
  if (event.rawPath === '/broken') throw new Error('secret');
  console.log(JSON.stringify({ antei: 'prediction', path: event.rawPath }));
  console.log(JSON.stringify({ antei: 'other' }));
  console.log('antei prediction');
  return { statusCode: 201, headers: { 'x-own': 'yes' }, body: JSON.stringify(event) };
};`;

const STREAM = {
  BucketARN: { 'Fn::GetAtt': ['Bucket', 'Arn'] },
  Prefix: 'log/m/',
  CompressionFormat: 'GZIP',
  FileExtension: '.jsonl.gz',
  ProcessingConfiguration: {
    Enabled: true,
    Processors: [{ Type: 'Decompression' }, { Type: 'CloudWatchLogProcessing' }],
  },
};
const FILTER = {
  LogGroupName: { Ref: 'Log' },
  FilterPattern: '{ $.antei = "prediction" }',
  DestinationArn: { 'Fn::GetAtt': ['Stream', 'Arn'] },
};

function app(
  directory: string,
  {
    stream = STREAM,
    filter = FILTER,
    model = 'm',
  }: { stream?: object; filter?: object; model?: string } = {},
): string {
  const resources: Record<string, WrittenResource> = {
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: BUCKET } },
    Log: { Type: 'AWS::Logs::LogGroup' },
    Endpoint: inlineFunction(CODE, {
      LoggingConfig: { LogGroup: { Ref: 'Log' } },
      Environment: { Variables: model === '' ? {} : { ANTEI_SERVED_MODEL: model } },
    }),
    Url: {
      Type: 'AWS::Lambda::Url',
      Properties: { TargetFunctionArn: { 'Fn::GetAtt': ['Endpoint', 'Arn'] }, AuthType: 'AWS_IAM' },
    },
    Stream: {
      Type: 'AWS::KinesisFirehose::DeliveryStream',
      Properties: { ExtendedS3DestinationConfiguration: stream },
    },
    Filter: { Type: 'AWS::Logs::SubscriptionFilter', Properties: { ...filter } },
  };
  return writeAssembly(directory, resources);
}

let directory: string;
let cloud: EmbeddedCloud;
let server: EndpointServer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'antei-endpoint-server-'));
  cloud = await EmbeddedCloud.start({ assembly: app(directory), state: join(directory, 'state'), time: NOW });
  server = await EndpointServer.start(cloud, 0);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

const post = (path: string, init: RequestInit = {}) =>
  fetch(`${server.url}${path}`, { method: 'POST', ...init });

/** A request with headers that fetch does not let through. */
async function statusOf(headers: Record<string, string>): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request(`${server.url}/m/ping`, { headers }, response => {
    response.resume();
    resolve(response.statusCode);
  })
    .on('error', reject)
    .end();
  return await promise;
}

test('a request reaches the function as a function URL would send it, and its answer the client', async () => {
  const response = await post('/m/invocations?a=1', {
    headers: { 'content-type': 'text/csv', 'x-request-id': 'r1' },
    body: 'a,b\n1,é\n',
  });
  expect([response.status, response.headers.get('x-own')]).toEqual([201, 'yes']);
  expect(await response.json()).toMatchObject({
    ...{
      version: '2.0',
      rawPath: '/invocations',
      rawQueryString: 'a=1',
      body: 'a,b\n1,é\n',
      isBase64Encoded: false,
    },
    headers: { 'content-type': 'text/csv', 'x-request-id': 'r1' },
    requestContext: {
      http: { method: 'POST', path: '/invocations', sourceIp: '127.0.0.1' },
      timeEpoch: NOW.getTime(),
    },
  });
});

test('no answer can be a page, whoever made it', async () => {
  const answers = [await post('/m/invocations'), await post('/other/invocations'), await post('/m/broken')];
  expect(answers.map(({ status }) => status)).toEqual([201, 404, 502]);
  for (const { headers } of answers) {
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('a body of another type travels as base64', async () => {
  const response = await post('/m/x', {
    headers: { 'content-type': 'application/parquet' },
    body: Buffer.from([0, 255]),
  });
  expect(await response.json()).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
});

test('what its function logs for the subscription becomes objects, gzipped, under the hour', async () => {
  await post('/m/one');
  await post('/m/two');
  await cloud.settle();
  const store = openStore(cloud.bucketUrl(BUCKET));
  const lines: string[] = [];
  for await (const { key } of store.list('log/m/2026/05/01/10/')) {
    expect(key).toMatch(/-1-2026-05-01-10-30-15-[0-9a-f-]{36}\.jsonl\.gz$/);
    lines.push(
      ...gunzipSync((await store.get(key))?.body ?? '')
        .toString()
        .trimEnd()
        .split('\n'),
    );
  }
  expect(lines.slice(-2)).toEqual([
    '{"antei":"prediction","path":"/one"}',
    '{"antei":"prediction","path":"/two"}',
  ]);
  expect(new Set(lines.map(line => JSON.parse(line).antei))).toEqual(new Set(['prediction']));
});

describe('is answered by the server itself', () => {
  test('a request for another host, or from a page of another origin', async () => {
    const own = `127.0.0.1:${server.port}`;
    expect(await statusOf({ host: 'evil.example' })).toBe(403);
    expect(await statusOf({ host: `evil.example:${server.port}` })).toBe(403);
    expect(await statusOf({ host: own, origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf({ host: own, origin: 'null' })).toBe(403);
    expect(await statusOf({ host: own, origin: `http://${own}` })).toBe(201);
    expect(await statusOf({ host: `localhost:${server.port}` })).toBe(201);
  });

  test('an unknown model, a body above 6 MB, a function that failed', async () => {
    expect((await post('/other/invocations')).status).toBe(404);
    expect((await post('/m')).status).toBe(404);
    expect((await post('/m/x', { body: Buffer.alloc(6 * 1024 ** 2) })).status).toBe(201);
    expect((await post('/m/x', { body: Buffer.alloc(6 * 1024 ** 2 + 1) })).status).toBe(413);
    const broken = await post('/m/broken');
    expect([broken.status, await broken.json()]).toEqual([502, { message: 'Internal Server Error' }]);
  });
});

describe('what is not understood is refused by name', () => {
  const cases: [string, Parameters<typeof app>[1], RegExp][] = [
    [
      'another pattern',
      { filter: { ...FILTER, FilterPattern: 'ERROR' } },
      /Stack\/Filter.*FilterPattern: allowed: a pattern of JSON lines/,
    ],
    [
      'a destination outside',
      { filter: { ...FILTER, DestinationArn: 'arn:x' } },
      /Stack\/Filter: found the destination arn:x; allowed: delivery streams of the app/,
    ],
    [
      'a log group of no function',
      { filter: { ...FILTER, LogGroupName: 'other' } },
      /Stack\/Filter: no function of the app writes to the log group other/,
    ],
    [
      'a bucket outside',
      { stream: { ...STREAM, BucketARN: 'arn:aws:s3:::other' } },
      /Stack\/Stream: writes to arn:aws:s3:::other, a bucket that is not in the template/,
    ],
    [
      'a prefix with expressions',
      { stream: { ...STREAM, Prefix: 'a/!{timestamp:yyyy}/' } },
      /Prefix: allowed: a prefix without expressions/,
    ],
    [
      'another processor',
      {
        stream: {
          ...STREAM,
          ProcessingConfiguration: {
            Enabled: true,
            Processors: [{ Type: 'Lambda' }, { Type: 'CloudWatchLogProcessing' }],
          },
        },
      },
      /Processors\.0\.Type/,
    ],
    [
      'dynamic partitions',
      { stream: { ...STREAM, DynamicPartitioningConfiguration: { Enabled: true } } },
      /DynamicPartitioningConfiguration/,
    ],
    [
      'a URL of a function that serves no model',
      { model: '' },
      /Stack\/Url: its function has no ANTEI_SERVED_MODEL/,
    ],
  ];
  test.each(cases)('%s', async (name, options, message) => {
    const own = join(directory, name.replaceAll(' ', '-'));
    const started = EmbeddedCloud.start({
      assembly: app(own, options),
      state: join(own, 'state'),
      time: NOW,
    });
    await expect(started).rejects.toThrow(UnsupportedError);
    await expect(started).rejects.toThrow(message);
  });
});
