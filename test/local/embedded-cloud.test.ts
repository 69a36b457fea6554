import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { CloudEvent } from '../../local/cloud-event.ts';
import { EmbeddedCloud } from '../../local/embedded-cloud.ts';
import { StateDirectoryError } from '../../local/errors.ts';
import { eventually } from '../support/eventually.ts';
import { synthesizeDemoApp } from './support/demo-app.ts';

const START = new Date('2001-06-01T00:00:30Z');
const BUCKET = 'platform-data';
const MODULE = join(import.meta.dirname, '../../local/embedded-cloud.ts');

let directory: string;
let assembly: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'embedded-cloud-'));
  assembly = synthesizeDemoApp({ directory });
});

afterEach(() => vi.restoreAllMocks());
afterAll(() => rm(directory, { recursive: true, maxRetries: 10 }));

interface Started extends AsyncDisposable {
  readonly cloud: EmbeddedCloud;
  readonly events: CloudEvent[];
  /** Path of an object. */
  readonly at: (key: string) => string;
}

async function start(state: string, time = START, patience = 0): Promise<Started> {
  const events: CloudEvent[] = [];
  const cloud = await EmbeddedCloud.start({
    assembly,
    state: join(directory, state),
    time,
    patience,
    observe: event => events.push(event),
  });
  return {
    cloud,
    events,
    at: key => join(fileURLToPath(cloud.bucketUrl(BUCKET)), key),
    [Symbol.asyncDispose]: () => cloud.stop(),
  };
}

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const kinds = <K extends CloudEvent['kind']>(events: readonly CloudEvent[], kind: K) =>
  events.filter((event): event is Extract<CloudEvent, { kind: K }> => event.kind === kind);

test('with patience, a file that somebody still copies is no news until it stays as it is', async () => {
  await using started = await start('patience', START, 1500);
  const { cloud, events, at } = started;
  const seen = () => kinds(events, 'object-created').map(({ key, size }) => [key, size]);
  let clock = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  mkdirSync(dirname(at('in/m/a.txt')), { recursive: true });
  for (const content of ['half', 'half and half']) {
    writeFileSync(at('in/m/a.txt'), content);
    await cloud.settle();
    clock += 1499;
    await cloud.settle();
    expect(seen()).toEqual([]);
  }
  clock += 1;
  await cloud.settle();
  expect(seen()[0]).toEqual(['in/m/a.txt', 13]);
});

test('an upload starts the workflow, which runs through map, retry and wait to its end', async () => {
  await using started = await start('happy');
  const { cloud, events, at } = started;
  await cloud.upload(BUCKET, 'in/m/a.txt', file('a.txt', 'one\ntwo\n'));
  expect(cloud.executions()).toEqual([]);
  await cloud.settle();

  expect(readFileSync(at('out/m/a.txt'), 'utf8')).toBe('ONE\nTWO');
  expect(cloud.executions()).toMatchObject([
    {
      machine: 'delivery',
      status: 'SUCCEEDED',
      startedAt: '2001-06-01T00:00:30.000Z',
      endedAt: '2001-06-01T00:15:30.000Z',
      input: { key: 'in/m/a.txt', time: '2001-06-01T00:00:30Z' },
      output: { saved: 2 },
    },
  ]);
  expect(cloud.now).toEqual(new Date('2001-06-01T00:15:30Z'));
  expect(kinds(events, 'state-succeeded').map(({ state, type, index }) => [state, type, index])).toEqual([
    ['Read spec', 'Task', undefined],
    ['Split file', 'Task', undefined],
    ['Anything in it?', 'Choice', undefined],
    ['Shout line', 'Task', expect.any(Number)],
    ['Shout line', 'Task', expect.any(Number)],
    ['Shout all', 'Map', undefined],
    ['Cool down', 'Wait', undefined],
    ['Save file', 'Task', undefined],
  ]);
  expect(kinds(events, 'state-retried').map(({ state, attempt }) => [state, attempt])).toEqual([
    ['Shout line', 1],
    ['Shout line', 1],
  ]);
  expect(kinds(events, 'object-created').map(({ key, size }) => [key, size])).toEqual([['in/m/a.txt', 8]]);
});

test('what handlers print becomes metrics where it is one, and log lines where it is none', async () => {
  await using started = await start('output');
  const { cloud } = started;
  await cloud.upload(BUCKET, 'in/m/a.txt', file('a.txt', 'one\ntwo\n'));
  await cloud.settle();

  expect(cloud.metrics('Saved', { Model: 'm' })).toEqual([
    {
      namespace: 'Demo',
      name: 'Saved',
      dimensions: { Model: 'm' },
      time: Date.parse('2001-06-01T00:00:30Z'),
      values: [2],
      unit: 'Count',
    },
  ]);
  expect(
    cloud
      .metrics('Errors', { FunctionName: 'Platform-ShoutLine' })
      .flatMap(({ values }) => values)
      .sort(),
  ).toEqual([0, 0, 1, 1]);
  const logs = join(directory, 'output', 'logs');
  expect(readFileSync(join(logs, 'Platform-Split.log'), 'utf8')).toBe('splitting in/m/a.txt\n');
  expect(readdirSync(logs)).toEqual(['Platform-Split.log']);
});

test('a named error takes the way of its catch; the alarm on its metric goes off and comes back', async () => {
  await using started = await start('broken');
  const { cloud, events } = started;
  await cloud.upload(BUCKET, 'in/m/b.txt', file('b.txt', 'broken\n'));
  await cloud.settle();

  const [execution] = cloud.executions();
  expect(execution).toMatchObject({ status: 'FAILED', error: { name: 'BrokenFileError' } });
  expect(JSON.parse(execution?.error?.cause ?? '')).toMatchObject({
    errorType: 'BrokenFileError',
    errorMessage: 'the file is broken',
  });
  expect(cloud.alarms()).toEqual([
    {
      name: 'broken-files',
      description: 'A file was broken.',
      state: 'ALARM',
      reason: 'the last value, 1, is at least 1',
      since: START,
    },
  ]);
  expect(cloud.outbox().map(({ topic, subject, endpoints }) => ({ topic, subject, endpoints }))).toEqual(
    ['A file is broken', 'ALARM: "broken-files"'].map(subject => ({
      topic: 'owners',
      subject,
      endpoints: [{ protocol: 'email', endpoint: 'owner@example.com' }],
    })),
  );

  await cloud.advanceTo(new Date('2001-06-01T00:20:00Z'));
  expect(cloud.now).toEqual(new Date('2001-06-01T00:20:00Z'));
  expect(kinds(events, 'alarm-changed').map(({ time, from, to }) => [time.toISOString(), from, to])).toEqual([
    ['2001-06-01T00:00:30.000Z', 'INSUFFICIENT_DATA', 'ALARM'],
    ['2001-06-01T00:05:00.000Z', 'ALARM', 'OK'],
  ]);
});

test('an error of a service call is caught by its name', async () => {
  await using started = await start('unknown');
  const { cloud } = started;
  await cloud.upload(BUCKET, 'in/nobody/a.txt', file('a.txt', 'one\n'));
  await cloud.settle();
  expect(cloud.executions()).toMatchObject([
    {
      status: 'SUCCEEDED',
      output: { Error: 'Ssm.ParameterNotFoundException', Cause: 'Parameter /demo/nobody not found.' },
    },
  ]);
});

test('the context object has the name of the execution and the virtual time of its start', async () => {
  await using started = await start('context');
  const { cloud } = started;
  await cloud.upload(BUCKET, 'in/m/empty.txt', file('empty.txt', ''));
  await cloud.settle();
  const [execution] = cloud.executions();
  expect(execution?.output).toEqual({ name: execution?.name, start: '2001-06-01T00:00:30.000Z' });
});

test('objects outside the watched prefix start nothing; a rewritten object starts the workflow again', async () => {
  await using started = await start('rewritten');
  const { cloud } = started;
  await cloud.upload(BUCKET, 'elsewhere/m/a.txt', file('a.txt', 'one\n'));
  await cloud.settle();
  expect(cloud.executions()).toEqual([]);
  for (let time = 1; time <= 2; time++) {
    await cloud.upload(BUCKET, 'in/nobody/a.txt', file('a.txt', 'one\n'));
    await cloud.settle();
    await cloud.settle();
    expect(cloud.executions()).toHaveLength(time);
  }
});

test('files that somebody puts into the directory are found, in the order of their keys', async () => {
  await using started = await start('by-hand');
  const { cloud, events, at } = started;
  await cloud.upload(BUCKET, 'in/nobody/first', file('a.txt', 'one\n'));
  for (const name of ['b', 'a', 'c']) writeFileSync(at(`in/nobody/${name}`), '');
  await cloud.settle();
  expect(kinds(events, 'object-created').map(({ key }) => key)).toEqual([
    'in/nobody/first',
    'in/nobody/a',
    'in/nobody/b',
    'in/nobody/c',
  ]);
  expect(cloud.executions()).toHaveLength(4);
});

test('schedules fire at their moments while the clock is moved on, and never twice', async () => {
  await using started = await start('ticks');
  const { cloud, events, at } = started;
  await cloud.advanceTo(new Date('2001-06-03T06:00:00Z'));
  await cloud.advanceTo(new Date('2001-06-02T00:00:00Z'));
  expect(cloud.now).toEqual(new Date('2001-06-03T06:00:00Z'));
  expect(readdirSync(at('ticks')).sort()).toEqual([
    '2001-06-01T060000Z',
    '2001-06-02T060000Z',
    '2001-06-03T060000Z',
  ]);
  expect(kinds(events, 'schedule-fired').map(({ schedule }) => schedule)).toEqual(
    Array(3).fill('Model-Daily'),
  );
  expect(JSON.parse(readFileSync(at('ticks/2001-06-02T060000Z'), 'utf8'))).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f]{16}$/),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: '2001-06-02T06:00:00Z',
    region: 'us-east-1',
    resources: ['arn:aws:events:us-east-1:000000000000:rule/Model-Daily'],
    detail: {},
  });
});

test('everything survives a restart, nothing is delivered again, and the clock does not go back', async () => {
  {
    await using before = await start('restart');
    await before.cloud.upload(BUCKET, 'in/m/b.txt', file('b.txt', 'broken\n'));
    await before.cloud.settle();
    await before.cloud.advanceTo(new Date('2001-06-01T00:03:00Z'));
  }
  await using after = await start('restart');
  const { cloud, events } = after;
  expect(cloud.now).toEqual(new Date('2001-06-01T00:03:00Z'));
  expect(cloud.alarms()).toMatchObject([{ state: 'ALARM', since: START }]);
  await cloud.settle();
  expect(events).toEqual([]);
  expect(cloud.executions()).toMatchObject([{ status: 'FAILED' }]);
  expect(cloud.outbox()).toHaveLength(2);
  expect(cloud.metrics('Broken')).toHaveLength(1);
  await cloud.advanceTo(new Date('2001-06-01T00:05:00Z'));
  expect(cloud.alarms()).toMatchObject([{ state: 'OK', since: new Date('2001-06-01T00:05:00Z') }]);
});

test('a later start moves the clock on without catching up on schedules', async () => {
  {
    await using _ = await start('later');
  }
  await using after = await start('later', new Date('2001-06-04T00:00:00Z'));
  await after.cloud.settle();
  expect(after.cloud.now).toEqual(new Date('2001-06-04T00:00:00Z'));
  expect(after.events.map(({ kind }) => kind)).toEqual(['alarm-changed']);
});

test('one process at a time holds a state directory', async () => {
  await using _ = await start('locked');
  await expect(start('locked')).rejects.toThrow(StateDirectoryError);
  await expect(start('locked')).rejects.toThrow(
    `The state directory ${join(directory, 'locked')} is in use by process ${process.pid}.`,
  );
});

test('a killed process owes what it had begun: after the restart it is done, with the time of the upload', async () => {
  {
    await using before = await start('killed');
    await before.cloud.upload(BUCKET, 'in/m/deadly.txt', file('deadly.txt', 'deadly\n'));
  }
  await killed('killed');

  await using after = await start('killed', new Date('2001-06-02T00:00:00Z'));
  expect(existsSync(after.at('began'))).toBe(true);
  expect(after.cloud.executions()).toEqual([]);
  await after.cloud.settle();
  expect(after.events[0]).toMatchObject({ kind: 'execution-resumed', machine: 'delivery' });
  // What had ended before is neither done nor told again.
  expect(kinds(after.events, 'state-succeeded').map(({ state }) => state)).not.toContain('Read spec');
  expect(after.cloud.executions()).toMatchObject([
    {
      status: 'SUCCEEDED',
      startedAt: '2001-06-01T00:00:30.000Z',
      input: { key: 'in/m/deadly.txt', time: '2001-06-01T00:00:30Z' },
    },
  ]);
  expect(readFileSync(after.at('out/m/deadly.txt'), 'utf8')).toBe('DEADLY');
});

test('killed again and again, a run comes to the same end, and does nothing twice', async () => {
  {
    await using first = await start('chaos');
    await first.cloud.upload(BUCKET, 'in/m/lines.txt', file('lines.txt', 'one\ntwo\nthree\n'));
  }
  await killed('chaos', 'state-entered Split file');
  await killed('chaos', 'state-retried Shout line');
  // The first of three.
  await killed('chaos', 'state-succeeded Shout line');
  await killed('chaos', 'state-succeeded Cool down');
  await using after = await start('chaos');
  const { cloud, at } = after;
  await cloud.settle();
  expect(readFileSync(at('out/m/lines.txt'), 'utf8')).toBe('ONE\nTWO\nTHREE');
  expect(cloud.executions()).toMatchObject([
    { status: 'SUCCEEDED', startedAt: '2001-06-01T00:00:30.000Z', output: { saved: 3 } },
  ]);
  // A line succeeds at its second attempt. One that was under way at a kill is tried again, one that had ended is not.
  expect(cloud.metrics('Saved').map(({ values }) => values)).toEqual([[3]]);
});

/** Settles in a process of its own, which dies at an event (its kind and state), or of a handler. */
async function killed(state: string, event = ''): Promise<void> {
  const args = ['--input-type=module', '--eval', SETTLE, assembly, join(directory, state), event];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
}

// It kills itself: whoever looks on from outside may come too late.
const SETTLE = `
  const { EmbeddedCloud } = await import(${JSON.stringify(MODULE)});
  const [assembly, state, last] = process.argv.slice(1);
  const observe = event => {
    if (event.kind + ' ' + event.state === last) process.kill(process.pid, 'SIGKILL');
  };
  const cloud = await EmbeddedCloud.start({ assembly, state, time: new Date(${START.getTime()}), observe });
  await cloud.settle();
  await cloud.stop();
`;

test('stopping in the middle of the work is as good as being killed', async () => {
  {
    await using before = await start('stopped');
    await before.cloud.upload(BUCKET, 'in/m/endless.txt', file('endless.txt', 'endless\n'));
    void before.cloud.settle();
    await eventually(() => expect(existsSync(before.at('began'))).toBe(true));
    expect(before.cloud.executions()).toMatchObject([{ status: 'RUNNING' }]);
  }
  await using after = await start('stopped');
  expect(after.cloud.executions()).toEqual([]);
  await after.cloud.settle();
  expect(after.cloud.executions()).toMatchObject([{ status: 'SUCCEEDED', output: { saved: 1 } }]);
});

test('a process that stops in the middle of the work comes to its end', async () => {
  const program = `
    import { existsSync } from 'node:fs';
    const { EmbeddedCloud } = await import(${JSON.stringify(MODULE)});
    const [assembly, state, path, began] = process.argv.slice(1);
    const cloud = await EmbeddedCloud.start({ assembly, state, time: new Date(${START.getTime()}) });
    await cloud.upload(${JSON.stringify(BUCKET)}, 'in/m/endless.txt', path);
    void cloud.settle();
    while (!existsSync(began)) await new Promise(resolve => setTimeout(resolve, 10));
    await cloud.stop();
  `;
  const state = join(directory, 'ends');
  const args = [assembly, state, file('ends.txt', 'endless\n'), join(state, 'buckets', BUCKET, 'began')];
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, ...args], {
    stdio: 'inherit',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('outputs are resolved, and buckets that are not in the template are named', async () => {
  await using started = await start('outputs');
  expect(started.cloud.outputs()['Platform.DataBucket']).toBe(BUCKET);
  expect(() => started.cloud.bucketUrl('other')).toThrow(
    'There is no bucket "other"; the template has: platform-data',
  );
});
