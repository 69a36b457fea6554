import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { sha256 } from '../../storage/digest.ts';
import { ModelFormatError, messageOf, PredictionError } from '../../telemetry/errors.ts';
import { packageFolder } from '../package-folder.ts';
import { plainProbabilities } from './plain-probabilities.ts';

const WASM = 'ort-wasm-simd-threaded.wasm';

/** Where the runtime's WebAssembly and the module that loads it lie. */
const folder = (): string => join(packageFolder('onnxruntime-web', join('dist', WASM)), 'dist');

/** Errors of the runtime are thrown; nothing of them is printed as well. */
const SILENT = { logSeverityLevel: 4 } as const;

/** ONNX Runtime. Who never asks for it does not load it. */
async function loadRuntime(): Promise<typeof import('onnxruntime-web')> {
  const runtime = await import('onnxruntime-web');
  const { env } = runtime;
  env.logLevel = 'fatal';
  // Sums of several threads come out in any order.
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = `${pathToFileURL(folder()).href}/`;
  return runtime;
}

/**
 * A session of an ONNX model; who opens it releases it.
 * @throws ModelFormatError when the bytes are no ONNX model that the runtime can run.
 */
export async function openSession(bytes: Uint8Array): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  try {
    return await InferenceSession.create(plainProbabilities(bytes), {
      ...{ executionProviders: ['wasm'] },
      ...SILENT,
    });
  } catch (error) {
    throw new ModelFormatError(
      `These ${bytes.length} bytes are no ONNX model that ONNX Runtime can run: ${saidByRuntime(error)} ` +
        'See whether the file is whole, and keeps its weights inside.',
      { cause: error },
    );
  }
}

/**
 * Runs a session on tensors that `feed` makes.
 * @param wanted The outputs to compute.
 * @returns One tensor for each of them.
 * @throws PredictionError when the runtime cannot compute them.
 */
export async function runSession(
  session: InferenceSession,
  feed: (TensorOf: typeof Tensor) => Record<string, Tensor>,
  wanted: readonly string[],
): Promise<Tensor[]> {
  const { Tensor: TensorOf } = await loadRuntime();
  const feeds = feed(TensorOf);
  try {
    const outputs = await session.run(feeds, [...wanted], SILENT);
    return wanted.flatMap(name => outputs[name] ?? []);
  } catch (error) {
    throw new PredictionError(`ONNX Runtime cannot run the model on the features: ${saidByRuntime(error)}`, {
      cause: error,
    });
  }
}

/** What the runtime says, without the number, file and function that it puts before it. */
function saidByRuntime(error: unknown): string {
  const said = messageOf(error)
    .replace(/^.*?ERROR_MESSAGE: /s, '')
    .replace(/^\/\S+:\d+ .*?\) (?=[A-Z[])/, '')
    .replace(/^\[ONNXRuntimeError\] : \d+ : /, '')
    .trim();
  return said.endsWith('.') ? said : `${said}.`;
}

/** SHA-256 of the WebAssembly that computes the predictions. */
export const runtimeDigest = (): string => sha256(readFileSync(join(folder(), WASM)));
