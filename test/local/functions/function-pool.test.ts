import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { FunctionError } from '../../../local/functions/function-error.ts';
import { FunctionPool } from '../../../local/functions/function-pool.ts';
import type { FunctionSpec } from '../../../local/functions/function-spec.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const CODE = `
let count = 0;
export const counting = () => ++count;
export const echo = (event, context) => ({ event, name: context.functionName, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB });
export const nothing = () => undefined;
export const environment = () => ({ ...process.env });
export const remaining = (event, context) => context.getRemainingTimeInMillis();
export const failing = ({ name, value }) => {
  if (value !== undefined) throw value;
  const error = new RangeError('too far');
  if (name) error.name = name;
  throw error;
};
export const endless = () => new Promise(() => setInterval(() => {}, 1000));
export const busy = () => { for (;;); };
export const exiting = () => process.exit(3);
export const crashing = () => new Promise(() => setTimeout(() => { throw new TypeError('later'); }, 1));
export const printing = () => {
  console.log('one');
  process.stdout.write('tw');
  process.stdout.write('o\\nmetric 1\\nlast without end');
  console.error('problem');
  return 'printed';
};
export const notAFunction = 1;
`;

let directory: string;
let lines: string[];

beforeEach(() => {
  directory = temporaryDirectory();
  lines = [];
  mkdirSync(join(directory, 'code'));
  writeFileSync(join(directory, 'code', 'index.mjs'), CODE);
  writeFileSync(join(directory, 'code', 'broken.mjs'), 'throw new SyntaxError("as if");');
  writeFileSync(
    join(directory, 'code', 'common.cjs'),
    'exports.handler = async () => require("node:path").basename("a/b");',
  );
});

function spec(handler: string, changes: Partial<FunctionSpec> = {}): FunctionSpec {
  return {
    name: 'f',
    arn: 'arn:f',
    directory: join(directory, 'code'),
    handler: handler.includes('.') ? handler : `index.${handler}`,
    environment: { ONLY: 'this' },
    timeoutSeconds: 60,
    memoryMegabytes: 128,
    ...changes,
  };
}

function pool(functions: FunctionSpec[], concurrency = 1) {
  const invocations: boolean[] = [];
  const created = new FunctionPool({
    functions,
    concurrency,
    logs: join(directory, 'logs'),
    onOutput: line => {
      const isMetric = line.startsWith('metric');
      if (isMetric) lines.push(line);
      return isMetric;
    },
    onInvocation: async ({ failed }) => {
      invocations.push(failed);
    },
  });
  onTestFinished(() => created.stop());
  return { pool: created, invocations };
}

const invoke = (
  handler: string,
  payload: unknown = {},
  changes: Partial<FunctionSpec> = {},
): Promise<unknown> => pool([spec(handler, changes)]).pool.invoke('arn:f', payload);

async function failure(handler: string, payload: unknown = {}, changes: Partial<FunctionSpec> = {}) {
  const error = await invoke(handler, payload, changes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FunctionError)) throw new Error(`expected a FunctionError, got ${error}`);
  return { name: error.name, cause: JSON.parse(error.message) };
}

test('events and answers pass as JSON, with the context', async () => {
  expect(await invoke('echo', { at: new Date(0), gone: undefined })).toEqual({
    event: { at: '1970-01-01T00:00:00.000Z' },
    name: 'f',
    arn: 'arn:f',
    memory: '128',
  });
  expect(await invoke('nothing')).toBe(null);
  expect(await invoke('common.handler')).toBe('b');
});

test('the environment is the declared one, nothing of this process', async () => {
  expect(await invoke('environment')).toEqual({ ONLY: 'this' });
});

test('the remaining time counts down from the timeout', async () => {
  const began = Date.now();
  const remaining = Number(await invoke('remaining', {}, { timeoutSeconds: 3600 }));
  expect(remaining).toBeGreaterThanOrEqual(3_600_000 - (Date.now() - began));
  expect(remaining).toBeLessThanOrEqual(3_600_000);
});

test('a thread is used again, one invocation after the other', async () => {
  const { pool: used, invocations } = pool([spec('counting')]);
  const counts = await Promise.all([1, 2, 3].map(() => used.invoke('arn:f', {})));
  expect(counts).toEqual([1, 2, 3]);
  expect(invocations).toEqual([false, false, false]);
});

test('as many threads as allowed work at the same time', async () => {
  const { pool: used } = pool([spec('counting')], 2);
  const counts = await Promise.all([1, 2].map(() => used.invoke('arn:f', {})));
  expect(counts).toEqual([1, 1]);
});

test('what is thrown arrives as Lambda reports it', async () => {
  expect(await failure('failing')).toMatchObject({
    name: 'RangeError',
    cause: {
      errorType: 'RangeError',
      errorMessage: 'too far',
      trace: expect.arrayContaining(['RangeError: too far']),
    },
  });
  expect((await failure('failing', { name: 'MyError' })).name).toBe('MyError');
  expect(await failure('failing', { value: 'a text' })).toEqual({
    name: 'string',
    cause: { errorType: 'string', errorMessage: 'a text', trace: [] },
  });
});

test.each([
  ['index.gone', 'Runtime.HandlerNotFound', 'index.gone is undefined or not exported'],
  ['index.notAFunction', 'Runtime.HandlerNotFound', 'index.notAFunction is undefined or not exported'],
  ['nowhere.handler', 'Runtime.ImportModuleError', "Cannot find module 'nowhere'"],
  ['broken.handler', 'SyntaxError', 'as if'],
])('%s fails with %s', async (handler, name, message) => {
  expect(await failure(handler)).toMatchObject({
    name,
    cause: { errorMessage: expect.stringContaining(message) },
  });
});

test.each(['endless', 'busy'])('a handler that is %s is stopped by the timeout', async handler => {
  expect(await failure(handler, {}, { timeoutSeconds: 1 })).toEqual({
    name: 'Sandbox.Timedout',
    cause: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 1.00 seconds', trace: [] },
  });
});

test('an exit and an error that nobody caught end the invocation, and the next one gets a new thread', async () => {
  const { pool: used, invocations } = pool([
    spec('exiting'),
    spec('crashing', { name: 'g', arn: 'arn:g' }),
    spec('counting', { name: 'h', arn: 'arn:h' }),
  ]);
  await expect(used.invoke('arn:f', {})).rejects.toMatchObject({ name: 'Runtime.ExitError' });
  await expect(used.invoke('arn:f', {})).rejects.toMatchObject({ name: 'Runtime.ExitError' });
  await expect(used.invoke('arn:g', {})).rejects.toMatchObject({ name: 'TypeError' });
  expect(await used.invoke('arn:h', {})).toBe(1);
  expect(invocations).toEqual([true, true, true, false]);
});

test('all output is there when the answer is, metrics apart from the log', async () => {
  const { pool: used } = pool([spec('printing')]);
  expect(await used.invoke('arn:f', {})).toBe('printed');
  expect(lines).toEqual(['metric 1']);
  const log = readFileSync(join(directory, 'logs', 'f.log'), 'utf8')
    .trim()
    .split('\n');
  expect(log.filter(line => line !== 'problem')).toEqual(['one', 'two', 'last without end']);
});
