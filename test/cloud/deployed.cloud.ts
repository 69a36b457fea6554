import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { listVersions } from '../../core/registry/versions.ts';
import { openStore } from '../../core/storage/open-store.ts';
import { S3Store } from '../../core/storage/s3.ts';
import { listRuns } from '../../core/training/run-record.ts';
import { PROJECT } from '../../lib/project.ts';
import { objectStoreConformance } from '../conformance/object-store.ts';
import { command, type Ended, succeeding } from './command.ts';
import { ACCOUNT, ARCHITECTURE, EmulatedAccount, REGION } from './emulated-account.ts';

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
/** Seconds of each step, printed at the end. */
const seconds: Record<string, number> = {};

beforeAll(async () => {
  mkdirSync(models);
  cpSync(join(PROJECT, 'test', 'fixtures', 'cloud', 'models'), models, { recursive: true });
  account = await EmulatedAccount.start();
  // The stores of this process talk to the account as well.
  Object.assign(process.env, account.environment);
});

afterAll(async () => {
  await account[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
  console.table(seconds);
});

const run = (program: string, ...args: string[]): Promise<Ended> =>
  succeeding(program, args, { env: account.environment, cwd: PROJECT });

/** The real CDK command. The emulator does not know change sets of existing stacks, so updates go directly. */
const cdk = (...args: string[]): Promise<Ended> =>
  run(
    'cdk',
    ...args,
    ...['-c', `models=${models}`, '-c', `architecture=${ARCHITECTURE}`],
    ...['--output', join(folder, 'cdk.out')],
  );
const deploy = (): Promise<Ended> => cdk('deploy', '--all', '--require-approval', 'never', '--method=direct');

const aws = async (...args: string[]): Promise<unknown> => {
  const { stdout } = await run('aws', ...args, '--output', 'json');
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
};

const antei = async (...args: string[]) => {
  const { stdout } = await run(process.execPath, 'bin/antei.ts', ...args, '--target', 'aws', '--json');
  return JSON.parse(stdout);
};

const outputs = async (stack = 'AnteiPlatform'): Promise<Record<string, string>> => {
  const { Stacks } = z
    .object({
      Stacks: z.array(
        z.object({ Outputs: z.array(z.object({ OutputKey: z.string(), OutputValue: z.string() })) }),
      ),
    })
    .parse(await aws('cloudformation', 'describe-stacks', '--stack-name', stack));
  return Object.fromEntries(
    (Stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
};

const dataBucket = async (): Promise<string> => (await outputs()).DataBucket ?? '';

/** Asks the endpoint of the model with curl, which signs as AWS wants it, unless told otherwise. */
async function ask(path: string, { body, signed = true }: { body?: unknown; signed?: boolean } = {}) {
  const { EndpointUrl = '' } = await outputs('AnteiModel-shop');
  const { stdout } = await run(
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

/** Asks until there is an answer. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(1000);
  }
}

describe('the stacks', () => {
  test('are deployed by the CDK command', async () => {
    await cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
    const { stdout, stderr, seconds: taken } = await deploy();
    seconds.deploy = taken;
    expect(stdout + stderr).toContain('✅  AnteiModel-shop');
    expect(Object.keys(await outputs())).toEqual(
      expect.arrayContaining(['DataBucket', 'ModelBucket', 'DeliveryMachine', 'RemediationMachine']),
    );
  });

  test('are not touched by a second deployment without a change', async () => {
    const { stdout, stderr } = await deploy();
    const ended = (stdout + stderr).match(/✅.*/g);
    expect(ended).toEqual(['✅  AnteiPlatform (no changes)', '✅  AnteiModel-shop (no changes)']);
  });
});

/** What the delivery machine's executions ended with, the newest first. */
async function deliveries(): Promise<string[]> {
  const { DeliveryMachine = '' } = await outputs();
  const { executions } = z
    .object({ executions: z.array(z.object({ status: z.string() })) })
    .parse(await aws('stepfunctions', 'list-executions', '--state-machine-arn', DeliveryMachine));
  return executions.map(({ status }) => status);
}

const championOf = async (): Promise<number | null> => (await antei('status')).models[0].champion;

describe('a file that AWS’s own command uploads', () => {
  test('becomes a version that waits for a person', async () => {
    const begun = performance.now();
    await run('aws', 's3', 'cp', salesFile, `s3://${await dataBucket()}/incoming/shop/sales/sales.csv`);
    await eventually(async () => {
      const { events } = await antei('events', 'shop');
      return events.find(({ kind }: { kind: string }) => kind === 'approval-requested');
    });
    seconds['upload to the question'] = (performance.now() - begun) / 1000;
    expect(await deliveries()).toEqual(['RUNNING']);
    expect(await championOf()).toBeNull();
  });

  test('and, once it is approved by its token, is in production', async () => {
    const begun = performance.now();
    const { events, production } = await antei('approve', 'shop', '1', '--reason', 'seen on the card');
    seconds['approval to deployed'] = (performance.now() - begun) / 1000;
    expect(production).toMatchObject({ champion: 1 });
    expect(events[0]).toMatchObject({
      kind: 'approved',
      actor: `arn:aws:iam::${ACCOUNT}:root`,
      summary: 'Version 1 is approved: seen on the card',
    });
    expect(await eventually(async () => (await deliveries()).find(status => status !== 'RUNNING'))).toBe(
      'SUCCEEDED',
    );
  });

  test('is told by events, versions and runs', async () => {
    const { events } = await antei('events', 'shop');
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
    const { versions } = await antei('versions', 'shop');
    expect(versions).toMatchObject([{ version: 1, task: 'forecasting' }]);
    const { runs } = await antei('runs', 'shop');
    expect(runs).toHaveLength(2);
  });

  test('is forecast', async () => {
    const csv = await eventually(async () => {
      const object = await openStore(`s3://${await dataBucket()}`).get('predictions/shop/1/forecast.csv');
      return object?.body.toString();
    });
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
    const csv = (await openStore(`s3://${await dataBucket()}`).get('predictions/shop/1/forecast.csv'))?.body;
    const forecast = String(csv)
      .split('\n')
      .slice(1)
      .map(line => Number(line.split(',')[1]));
    expect(answer.predictions).toEqual(
      [forecast[0], forecast[6]].map(value => expect.closeTo(value ?? 0, 6)),
    );
    expect(await ask('/version', { signed: false })).toMatchObject({ status: 403 });
  });
});

describe('the next file', () => {
  test('becomes version 2, and a rollback puts version 1 back, at the endpoint too', async () => {
    const { decision } = await antei('upload', 'shop', 'sales', weekFile);
    expect(decision).toMatchObject({ promoted: false, version: 2 });
    const approved = await antei('approve', 'shop', '2', '--reason', 'one week more');
    expect(approved.production).toMatchObject({ champion: 2, previous: 1 });
    const { production } = await antei('rollback', 'shop', '--reason', 'a rehearsal');
    expect(production).toMatchObject({ champion: 1, takenBack: [2] });
    const begun = performance.now();
    await eventually(async () => {
      const { answer } = await ask('/version');
      return answer.version === 1 ? true : undefined;
    });
    seconds['rollback to effect at the endpoint'] = (performance.now() - begun) / 1000;
    expect(seconds['rollback to effect at the endpoint']).toBeLessThan(20);
  });

  test('has come to the same datasets, runs, artifacts and decisions as in the embedded cloud', async () => {
    const state = join(folder, 'state');
    const local = (...args: readonly string[]) =>
      run(process.execPath, 'bin/antei.ts', ...args, '--state', state, '--models', models, '--json');
    const begun = performance.now();
    await local('run', '--spec', join(models, 'shop.yaml'), '--table', `sales=${salesFile}`);
    await local('approve', 'shop', '1', '--reason', 'seen on the card');
    seconds['upload to deployed, embedded'] = (performance.now() - begun) / 1000;
    await local('upload', 'shop', 'sales', weekFile);
    const urls = z
      .object({ models: z.string() })
      .parse(JSON.parse(readFileSync(join(state, 'stores.json'), 'utf8')));
    const embedded = await madeIn(urls.models);
    const deployed = await madeIn(`s3://${(await outputs()).ModelBucket}`);
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
    const ended = await command(
      process.execPath,
      ['bin/antei.ts', 'upload', 'shop', 'sales', brokenFile, '--target', 'aws', '--json'],
      { env: account.environment, cwd: PROJECT },
    );
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      quarantined: [{ table: 'sales', file: 'broken.csv', reasons: [{ rule: 'amount.min', rows: 1 }] }],
    });
    const { files } = await antei('quarantine', 'list', 'shop');
    const { sha256 } = z.object({ report: z.object({ sha256: z.string() }) }).parse(files[0]).report;
    const kept = join(folder, 'kept');
    await run(
      'aws',
      's3',
      'cp',
      '--recursive',
      `s3://${await dataBucket()}/quarantine/shop/sales/${sha256}/`,
      kept,
    );
    expect(readdirSync(kept)).toContain('report.html');
    expect(
      readdirSync(kept).some(name => readFileSync(join(kept, name)).equals(readFileSync(brokenFile))),
    ).toBe(true);
  });

  test('logs the metric that its alarm watches, and the alarm goes off by it', async () => {
    // CloudWatch makes metrics of such log lines; the emulator does not, so the test hands them over unchanged.
    const [metric] = (await loggedMetrics(uploaded)).filter(({ name }) => name === 'UploadsQuarantined');
    if (metric === undefined) throw new Error('no function logged UploadsQuarantined');
    await aws(
      ...['cloudwatch', 'put-metric-data', '--namespace', metric.namespace, '--metric-data'],
      JSON.stringify([{ MetricName: metric.name, Dimensions: metric.dimensions, Value: metric.value }]),
    );
    const state = await eventually(async () => {
      const { MetricAlarms } = z
        .object({ MetricAlarms: z.array(z.object({ AlarmName: z.string(), StateValue: z.string() })) })
        .parse(await aws('cloudwatch', 'describe-alarms'));
      return MetricAlarms.find(
        ({ AlarmName, StateValue }) =>
          AlarmName === 'Antei shop: uploads quarantined' && StateValue !== 'INSUFFICIENT_DATA',
      )?.StateValue;
    });
    expect(state).toBe('ALARM');
  });
});

interface LoggedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly value: number;
}

const logged = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

/** The metrics that the functions' log lines declare since a moment, as CloudWatch would read them. */
async function loggedMetrics(since: Date): Promise<LoggedMetric[]> {
  const { logGroups } = z
    .object({ logGroups: z.array(z.object({ logGroupName: z.string() })) })
    .parse(await aws('logs', 'describe-log-groups'));
  const found: LoggedMetric[] = [];
  for (const { logGroupName } of logGroups) {
    const { events } = z
      .object({ events: z.array(z.object({ message: z.string() })) })
      .parse(
        await aws(
          ...['logs', 'filter-log-events', '--log-group-name', logGroupName],
          ...['--start-time', String(since.getTime())],
        ),
      );
    for (const { message } of events) {
      const parsed = message.startsWith('{"_aws"') ? logged.safeParse(JSON.parse(message)) : undefined;
      if (parsed?.success !== true) continue;
      for (const { Namespace, Dimensions, Metrics } of parsed.data._aws.CloudWatchMetrics)
        for (const { Name } of Metrics)
          found.push({
            ...{ namespace: Namespace, name: Name, value: z.number().parse(parsed.data[Name]) },
            dimensions: (Dimensions[0] ?? []).map(dimension => ({
              Name: dimension,
              Value: z.string().parse(parsed.data[dimension]),
            })),
          });
    }
  }
  return found;
}

describe('a changed spec', () => {
  test('changes the stack of its model and no other', async () => {
    const path = join(models, 'shop.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('horizon: 7', 'horizon: 5'));
    const { stdout, stderr } = await deploy();
    expect((stdout + stderr).match(/✅.*/g)).toEqual([
      '✅  AnteiPlatform (no changes)',
      '✅  AnteiModel-shop',
    ]);
  });
});

objectStoreConformance('S3Store in the emulated account', async () => {
  const bucket = `conformance-${crypto.randomUUID()}`;
  await run('aws', 's3', 'mb', `s3://${bucket}`);
  return new S3Store(`s3://${bucket}`, new S3Client({ forcePathStyle: true }));
});

describe('a destroyed deployment', () => {
  test('leaves the buckets with all that is in them', async () => {
    const { DataBucket = '', ModelBucket = '' } = await outputs();
    await cdk('destroy', '--all', '--force');
    const versions = await listVersions(openStore(`s3://${ModelBucket}`), 'shop');
    expect(versions).toHaveLength(2);
    expect(
      (await openStore(`s3://${DataBucket}`).get('incoming/shop/sales/sales.csv'))?.body.toString(),
    ).toBe(readFileSync(salesFile, 'utf8'));
  });
});
