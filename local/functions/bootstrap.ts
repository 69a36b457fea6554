/** Runs in a worker thread: loads one function's code and answers invocations, as Lambda's runtime does. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isNativeError } from 'node:util/types';
import { parentPort, workerData } from 'node:worker_threads';
import {
  type Answer,
  type Failure,
  type InvocationMessage,
  invocationSchema,
  workerDataSchema,
} from './messages.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const { directory, handler: handlerName, endOfOutput } = workerDataSchema.parse(workerData);

/** Lambda looks for these, in this order. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'];

async function loadHandler(): Promise<Handler> {
  const dot = handlerName.lastIndexOf('.');
  const [file, name] = [handlerName.slice(0, dot), handlerName.slice(dot + 1)];
  const path = EXTENSIONS.map(extension => join(directory, file + extension)).find(candidate =>
    existsSync(candidate),
  );
  if (path === undefined)
    throw named('Runtime.ImportModuleError', `Cannot find module '${file}' in ${directory}`);
  const module: Record<string, unknown> = await import(pathToFileURL(path).href);
  const commonJs: unknown = module.default;
  const found = module[name] ?? (isRecord(commonJs) ? commonJs[name] : undefined);
  if (!isHandler(found))
    throw named('Runtime.HandlerNotFound', `${handlerName} is undefined or not exported`);
  return found;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isHandler = (value: unknown): value is Handler => typeof value === 'function';

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

const failureOf = (thrown: unknown): Failure =>
  isNativeError(thrown)
    ? { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] }
    : { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };

const loading = loadHandler().then(
  loaded => ({ loaded }),
  (error: unknown) => ({ failure: failureOf(error) }),
);

async function answer({ id, payload, deadline, context }: InvocationMessage): Promise<Answer> {
  const code = await loading;
  if ('failure' in code) return { failure: code.failure, fatal: true };
  try {
    const result: unknown = await code.loaded(JSON.parse(payload), {
      ...context,
      awsRequestId: id,
      functionVersion: '$LATEST',
      logGroupName: `/aws/lambda/${context.functionName}`,
      logStreamName: 'local',
      callbackWaitsForEmptyEventLoop: false,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    });
    return { result: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    return { failure: failureOf(error), fatal: false };
  }
}

parentPort?.on('message', async (message: unknown) => {
  const invocation = invocationSchema.parse(message);
  const answered = await answer(invocation);
  // Output travels apart from messages: this line tells that all of the invocation's output has arrived.
  process.stdout.write(`\n${endOfOutput}${invocation.id}\n`);
  parentPort?.postMessage(answered);
});
