import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectLockConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { listVersions } from '../../core/registry/versions.ts';
import { readPredictionLog } from '../../core/serving/read-prediction-log.ts';
import { parsePredictionLogKey } from '../../core/storage/layout.ts';
import { openStore } from '../../core/storage/open-store.ts';
import { S3Store } from '../../core/storage/s3.ts';
import { listRuns } from '../../core/training/run-record.ts';
import { PROJECT } from '../../lib/project.ts';
import { objectStoreConformance } from '../conformance/object-store.ts';
import { Deployed, eventually } from './deployed.ts';
import { ACCOUNT, EmulatedAccount, REGION } from './emulated-account.ts';
import { loggedLines, metricsOf } from './logged-lines.ts';
import { otherEnvironment } from './other-environment.ts';

/**
 * What `cdk deploy` makes, used by foreign clients: the real CDK command deploys into an emulated account, files come
 * by AWS's own command, and the loop does there what it does in the embedded cloud. Steps build on one another.
 */

const folder = mkdtempSync(join(tmpdir(), 'antei-cloud-'));
const models = join(folder, 'models');
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const DAY = 86_400_000;
const midnight = Math.floor(Date.now() / DAY) * DAY;

/** One row per day until yesterday, busier at weekends, a little noise. */
const sales = Array.from({ length: 120 }, (_, i) => {
  const day = new Date(midnight - (120 - i) * DAY);
  return `${day.toISOString().slice(0, 10)},${100 + (day.getUTCDay() % 6 === 0 ? 40 : 0) + ((i * 7919) % 11)}`;
});
const salesFile = file('sales.csv', ['day,amount', ...sales.slice(0, -7), ''].join('\n'));
/** The last week. */
const weekFile = file('week.csv', ['day,amount', ...sales.slice(-7), ''].join('\n'));
const brokenFile = file('broken.csv', `day,amount\n${new Date(midnight).toISOString().slice(0, 10)},-3\n`);

let account: EmulatedAccount;
let shop: Deployed;
/** Seconds of each step, printed at the end. */
const seconds: Record<string, number> = {};

beforeAll(async () => {
  mkdirSync(models);
  cpSync(join(PROJECT, 'test', 'fixtures', 'cloud', 'models'), models, { recursive: true });
  account = await EmulatedAccount.start();
  // The stores of this process talk to the account as well.
  Object.assign(process.env, account.environment);
  shop = new Deployed(account, { folder, models });
});

afterAll(async () => {
  await account[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
  console.table(seconds);
});

const storeOf = async (which: 'data' | 'models') => openStore(`s3://${(await shop.buckets())[which]}`);

/** A file of the data bucket, when there is one. */
const textOf = async (key: string): Promise<string | undefined> =>
  (await (await storeOf('data')).get(key))?.body.toString();

/** Asks the endpoint of the model with curl, which signs as AWS wants it, unless told otherwise. */
async function ask(path: string, { body, signed = true }: { body?: unknown; signed?: boolean } = {}) {
  const { EndpointUrl = '' } = await shop.outputs(shop.names.modelStack('shop'));
  const { stdout } = await shop.run(
    'curl',
    ...['--silent', '--max-time', '60', '--write-out', '\n%{http_code}'],
    ...(signed ? ['--aws-sigv4', `aws:amz:${REGION}:lambda`, '--user', 'test:test'] : []),
    // The emulator tells functions by the host name, which no name server knows.
    ...['--header', `host: ${new URL(EndpointUrl).host}`],
    ...(body === undefined
      ? []
      : ['--header', 'content-type: application/json', '--data', JSON.stringify(body)]),
    `${account.endpoint}${path}`,
  );
  const lines = stdout.split('\n');
  const status = Number(lines.pop());
  return { status, answer: signed ? JSON.parse(lines.join('\n')) : undefined };
}

describe('the stacks', () => {
  test('are deployed by the CDK command', async () => {
    await shop.cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
    const { stdout, stderr, seconds: taken } = await shop.deploy();
    seconds.deploy = taken;
    expect(stdout + stderr).toContain('✅  AnteiModel-shop');
    expect(Object.keys(await shop.outputs())).toEqual(
      expect.arrayContaining(['DataBucket', 'ModelBucket', 'DeliveryMachine', 'RemediationMachine']),
    );
  });

  test('are not touched by a second deployment without a change', async () => {
    const { stdout, stderr } = await shop.deploy();
    const ended = (stdout + stderr).match(/✅.*/g);
    expect(ended).toEqual(['✅  AnteiPlatform (no changes)', '✅  AnteiModel-shop (no changes)']);
  });
});

/** What a machine's executions ended with, the newest first. */
async function statuses(machine: string): Promise<string[]> {
  const { executions } = z
    .object({ executions: z.array(z.object({ status: z.string() })) })
    .parse(await shop.aws('stepfunctions', 'list-executions', '--state-machine-arn', machine));
  return executions.map(({ status }) => status);
}

const deliveries = async (): Promise<string[]> => statuses((await shop.outputs()).DeliveryMachine ?? '');

const championOf = async (): Promise<number | null> => (await shop.antei('status')).models[0].champion;

describe('a file that AWS’s own command uploads', () => {
  test('becomes a version that waits for a person', async () => {
    const begun = performance.now();
    const { data } = await shop.buckets();
    await shop.run('aws', 's3', 'cp', salesFile, `s3://${data}/incoming/shop/sales/sales.csv`);
    await eventually('the question whether to approve', async () => {
      const { events } = await shop.antei('events', 'shop');
      return events.find(({ kind }: { kind: string }) => kind === 'approval-requested');
    });
    seconds['upload to the question'] = (performance.now() - begun) / 1000;
    expect(await deliveries()).toEqual(['RUNNING']);
    expect(await championOf()).toBeNull();
  });

  test('and, once it is approved by its token, is in production', async () => {
    const begun = performance.now();
    const { events, production } = await shop.antei('approve', 'shop', '1', '--reason', 'seen on the card');
    seconds['approval to deployed'] = (performance.now() - begun) / 1000;
    expect(production).toMatchObject({ champion: 1 });
    expect(events[0]).toMatchObject({
      kind: 'approved',
      actor: `arn:aws:iam::${ACCOUNT}:root`,
      summary: 'Version 1 is approved: seen on the card',
    });
    const end = async () => (await deliveries()).find(status => status !== 'RUNNING');
    expect(await eventually('the end of the delivery', end)).toBe('SUCCEEDED');
  });

  test('is told by events, versions and runs', async () => {
    const { events } = await shop.antei('events', 'shop');
    expect(events.map(({ kind }: { kind: string }) => kind)).toEqual(
      expect.arrayContaining([
        'accepted',
        'dataset-built',
        'trained',
        'gate-passed',
        'registered',
        'promoted',
      ]),
    );
    const { versions } = await shop.antei('versions', 'shop');
    expect(versions).toMatchObject([{ version: 1, task: 'forecasting' }]);
    const { runs } = await shop.antei('runs', 'shop');
    expect(runs).toHaveLength(2);
  });

  test('is forecast', async () => {
    const csv = await eventually('the forecast', () => textOf('predictions/shop/1/forecast.csv'));
    const [heading, first] = csv.split('\n');
    expect(heading).toBe('day,forecast,lower_80,upper_80,lower_95,upper_95');
    expect(first?.slice(0, 10)).toBe(new Date(midnight - 7 * DAY).toISOString().slice(0, 10));
  });

  test('is asked for over the signed URL, which lets nobody else in', async () => {
    const version = await ask('/version');
    expect(version).toMatchObject({ status: 200, answer: { model: 'shop', version: 1 } });
    const body = { dataframe_records: [{ horizon: 1 }, { horizon: 7 }] };
    const { status, answer } = await ask('/invocations', { body });
    expect(status).toBe(200);
    expect(answer).toMatchObject({ model: 'shop', version: 1, variant: 'champion' });
    const forecast = String(await textOf('predictions/shop/1/forecast.csv'))
      .split('\n')
      .slice(1)
      .map(line => Number(line.split(',')[1]));
    expect(answer.predictions).toEqual(
      [forecast[0], forecast[6]].map(value => expect.closeTo(value ?? 0, 6)),
    );
    expect(await ask('/version', { signed: false })).toMatchObject({ status: 403 });
  });

  test('and what it answered gets through the delivery stream to where monitoring looks for it', async () => {
    const lines = await eventually('both rows in the log of the endpoint', async () => {
      const logged = await loggedLines(shop, {
        ...{ stack: shop.names.modelStack('shop'), name: 'EndpointFunctionLog', since: new Date(midnight) },
      });
      const found = logged.filter(line => line.includes('"antei":"prediction"'));
      return found.length < 2 ? undefined : found;
    });
    // CloudWatch Logs feeds the stream; in the emulator it does not, so the test does.
    const { DeliveryStreamNames } = z
      .object({ DeliveryStreamNames: z.tuple([z.string()]) })
      .parse(await shop.aws('firehose', 'list-delivery-streams'));
    const record = lines.map(line => `${line.trim()}\n`).join('');
    await shop.aws(
      ...['firehose', 'put-record', '--delivery-stream-name', ...DeliveryStreamNames],
      ...['--record', JSON.stringify({ Data: record })],
    );
    const data = await storeOf('data');
    const key = await eventually('an object of the prediction log', async () => {
      for await (const object of data.list('prediction-log/')) return object.key;
      return undefined;
    });
    expect(Date.parse(parsePredictionLogKey(key) ?? '')).not.toBeNaN();
    const [from, to] = [new Date(midnight), new Date(midnight + 2 * DAY)];
    const entries = [];
    for await (const entry of readPredictionLog({ data, model: 'shop', from, to })) entries.push(entry);
    expect(entries).toMatchObject([
      { version: 1, variant: 'champion', row: 0 },
      { version: 1, variant: 'champion', row: 1 },
    ]);
  });
});

describe('the next file', () => {
  test('becomes version 2, and a rollback puts version 1 back, at the endpoint too', async () => {
    const { decision } = await shop.antei('upload', 'shop', 'sales', weekFile);
    expect(decision).toMatchObject({ promoted: false, version: 2 });
    const approved = await shop.antei('approve', 'shop', '2', '--reason', 'one week more');
    expect(approved.production).toMatchObject({ champion: 2, previous: 1 });
    const { production } = await shop.antei('rollback', 'shop', '--reason', 'a rehearsal');
    expect(production).toMatchObject({ champion: 1, takenBack: [2] });
    const begun = performance.now();
    await eventually('version 1 at the endpoint', async () => {
      const { answer } = await ask('/version');
      return answer.version === 1 ? true : undefined;
    });
    seconds['rollback to effect at the endpoint'] = (performance.now() - begun) / 1000;
  });

  test('has come to the same datasets, runs, artifacts and decisions as in the embedded cloud', async () => {
    const state = join(folder, 'state');
    const local = (...args: readonly string[]) =>
      shop.run(process.execPath, 'bin/antei.ts', ...args, '--state', state, '--models', models, '--json');
    const begun = performance.now();
    await local('run', '--spec', join(models, 'shop.yaml'), '--table', `sales=${salesFile}`);
    await local('approve', 'shop', '1', '--reason', 'seen on the card');
    seconds['upload to deployed, embedded'] = (performance.now() - begun) / 1000;
    await local('upload', 'shop', 'sales', weekFile);
    const urls = z
      .object({ models: z.string() })
      .parse(JSON.parse(readFileSync(join(state, 'stores.json'), 'utf8')));
    const embedded = await madeIn(urls.models);
    const deployed = await madeIn(`s3://${(await shop.buckets()).models}`);
    console.log(JSON.stringify({ embedded, deployed }, null, 2));
    expect(Object.keys(deployed.runs)).toHaveLength(4);
    expect(deployed.versions).toHaveLength(2);
    expect(deployed).toEqual(embedded);
  });
});

/** What the loop has made: ids, hashes of what was trained, and what was decided. */
async function madeIn(url: string) {
  const store = openStore(url);
  const runs = await listRuns(store, 'shop');
  return {
    runs: Object.fromEntries(
      runs.map(run => [
        `${run.trainer} ${run.id}`,
        { dataset: run.dataset, artifacts: run.status === 'succeeded' ? run.artifacts : run.status },
      ]),
    ),
    versions: (await listVersions(store, 'shop')).map(({ version, dataset, run, reason }) => ({
      ...{ version, dataset, run, reason },
    })),
  };
}

describe('a broken file', () => {
  let uploaded: Date;

  test('is quarantined, its bytes untouched', async () => {
    uploaded = new Date();
    expect(await shop.refused('upload', 'shop', 'sales', brokenFile)).toMatchObject({
      quarantined: [{ table: 'sales', file: 'broken.csv', reasons: [{ rule: 'amount.min', rows: 1 }] }],
    });
    const { files } = await shop.antei('quarantine', 'list', 'shop');
    const { sha256 } = z.object({ report: z.object({ sha256: z.string() }) }).parse(files[0]).report;
    const kept = join(folder, 'kept');
    const { data } = await shop.buckets();
    await shop.run('aws', 's3', 'cp', '--recursive', `s3://${data}/quarantine/shop/sales/${sha256}/`, kept);
    expect(readdirSync(kept)).toContain('report.html');
    expect(
      readdirSync(kept).some(name => readFileSync(join(kept, name)).equals(readFileSync(brokenFile))),
    ).toBe(true);
  });

  test('logs the metric that its alarm watches, and the alarm goes off by it', async () => {
    // CloudWatch makes metrics of such log lines; the emulator does not, so the test hands them over unchanged.
    const log = { stack: shop.names.platformStack, name: 'StepsValidateUploadLog', since: uploaded };
    const metric = await eventually('a line with UploadsQuarantined', async () =>
      (await loggedLines(shop, log)).flatMap(metricsOf).find(({ name }) => name === 'UploadsQuarantined'),
    );
    await shop.aws(
      ...['cloudwatch', 'put-metric-data', '--namespace', metric.namespace, '--metric-data'],
      JSON.stringify([{ MetricName: metric.name, Dimensions: metric.dimensions, Value: metric.value }]),
    );
    // Before the value is counted, the alarm may be looked at without one.
    await eventually('the alarm', async () => {
      const { MetricAlarms } = z
        .object({ MetricAlarms: z.array(z.object({ AlarmName: z.string(), StateValue: z.string() })) })
        .parse(await shop.aws('cloudwatch', 'describe-alarms'));
      return MetricAlarms.find(
        ({ AlarmName, StateValue }) =>
          AlarmName === 'Antei shop: uploads quarantined' && StateValue === 'ALARM',
      );
    });
  });
});

otherEnvironment(() => ({
  strict: new Deployed(account, {
    ...{ folder, models, environment: 'strict', options: ['kms=true', 'lock=30', 'uploads=5'] },
  }),
  first: shop,
  file: salesFile,
}));

describe('a changed spec', () => {
  test('changes the stack of its model and no other', async () => {
    const path = join(models, 'shop.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('horizon: 7', 'horizon: 5'));
    const { stdout, stderr } = await shop.deploy();
    expect((stdout + stderr).match(/✅.*/g)).toEqual([
      '✅  AnteiPlatform (no changes)',
      '✅  AnteiModel-shop',
    ]);
  });
});

/** As the model bucket of `-c lock`: it keeps every version, and lets none be deleted. */
objectStoreConformance('S3Store in the emulated account, in a locked bucket', async () => {
  const client = new S3Client({ forcePathStyle: true });
  const Bucket = `conformance-${crypto.randomUUID()}`;
  await client.send(
    new CreateBucketCommand({
      ...{ Bucket, ObjectLockEnabledForBucket: true },
      CreateBucketConfiguration: { LocationConstraint: REGION },
    }),
  );
  await client.send(
    new PutObjectLockConfigurationCommand({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } },
      },
    }),
  );
  return new S3Store(`s3://${Bucket}`, client);
});

describe('a destroyed deployment', () => {
  let kept: Awaited<ReturnType<Deployed['buckets']>>;
  /** What was to be seen before. */
  let versions: unknown;

  test('leaves the buckets with all that is in them, and doctor tells where', async () => {
    kept = await shop.buckets();
    versions = await shop.antei('versions', 'shop');
    await shop.cdk('destroy', '--all', '--force');
    const uploaded = await openStore(`s3://${kept.data}`).get('incoming/shop/sales/sales.csv');
    expect(uploaded?.body.toString()).toBe(readFileSync(salesFile, 'utf8'));
    const { findings } = await shop.refused('doctor');
    const { found } = findings.find(({ name }: { name: string }) => name === 'kept buckets');
    for (const name of [kept.data, kept.models]) expect(found).toContain(`s3://${name}`);
    // Those of the other environment are in use.
    expect(found).not.toContain('strict');
  });

  test('is taken over by the next one, by the commands of docs/deploy.md', async () => {
    await shop.deploy();
    const next = await shop.buckets();
    expect([next.data, next.models]).not.toEqual([kept.data, kept.models]);
    expect((await shop.antei('versions', 'shop')).versions).toEqual([]);
    const machines = await shop.outputs();
    const histories = () =>
      Promise.all(
        ['Delivery', 'Prediction', 'Monitoring'].map(name => statuses(machines[`${name}Machine`] ?? '')),
      );
    const before = await histories();
    const places = {
      ...{ 'OLD-DATA': kept.data, 'OLD-MODELS': kept.models },
      ...{ 'NEW-DATA': next.data, 'NEW-MODELS': next.models },
    };
    const page = readFileSync(join(PROJECT, 'docs', 'deploy.md'), 'utf8');
    const commands = page.match(/^aws s3 sync .*$/gm) ?? [];
    expect(commands.length).toBeGreaterThan(1);
    for (const line of commands) {
      const [, ...words] = Object.entries(places)
        .reduce((text, [place, name]) => text.replaceAll(place, name), line)
        .replaceAll('"', '')
        .split(' ');
      await shop.run('aws', ...words);
    }
    expect(await shop.antei('versions', 'shop')).toEqual(versions);
    expect(await championOf()).toBe(1);
    expect(await ask('/version')).toMatchObject({ status: 200, answer: { model: 'shop', version: 1 } });
    // What the copied objects set off ends well.
    const begun = await eventually('the end of all that the copies set off', async () => {
      const now = await histories();
      // The emulator remembers what machines of this name did before they were destroyed.
      const since = now.map((all, index) => all.slice(0, all.length - (before[index]?.length ?? 0)));
      return since[1]?.length === 0 || since.flat().includes('RUNNING') ? undefined : since;
    });
    expect(begun[0]).toEqual([]);
    expect(new Set(begun.flat())).toEqual(new Set(['SUCCEEDED']));
  });
});
