import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { OutputTail } from './output-tail.ts';

const SUPERVISOR = fileURLToPath(new URL('./supervisor.ts', import.meta.url));

/** Bytes of output that are kept, from the end. */
const KEPT_OUTPUT = 1 << 16;

/** Output may still be under way when a program has ended; what left its group might hold it open for ever. */
const OUTPUT_MILLISECONDS = 1000;

/** Node's timers end at once when asked for more. */
const LONGEST_TIMER = 2_147_483_647;

export interface ProgramRequest {
  /** Program and arguments, as they are: no shell looks at them. */
  readonly command: readonly string[];
  /** Working directory. */
  readonly folder: string;
  /** All variables that it gets. */
  readonly variables: Readonly<Record<string, string>>;
  /** The longest that it may run, in real time. */
  readonly seconds: number;
  /** Ends the program. */
  readonly signal: AbortSignal;
}

export interface ProgramEnd {
  /** As a shell gives it: 128 and the signal's number for a program that was killed; undefined when it never started. */
  readonly exitCode: number | undefined;
  /** Why it could not be started. */
  readonly error?: string;
  readonly timedOut: boolean;
  /** The last of what it printed, on both outputs. */
  readonly output: string;
}

const endSchema = z.union([
  z.object({ code: z.int().nullable(), signal: z.string().nullable() }),
  z.object({ error: z.string() }),
]);

/** Runs a program to its end, or to the end of its time: then it is killed, with all that it has started. */
export async function runProgram(request: ProgramRequest): Promise<ProgramEnd> {
  const { command, folder, variables, seconds, signal } = request;
  signal.throwIfAborted();
  const tail = new OutputTail(KEPT_OUTPUT);
  const supervisor = spawn(process.execPath, [SUPERVISOR, ...command], {
    cwd: folder,
    env: { ...variables },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const outputs = [supervisor.stdout, supervisor.stderr];
  for (const output of outputs) output.on('data', (chunk: Buffer) => tail.add(chunk));
  const end = (): unknown => supervisor.stdin.destroy();
  let timedOut = false;
  const timer = setTimeout(
    () => {
      timedOut = true;
      end();
    },
    Math.min(seconds * 1000, LONGEST_TIMER),
  );
  signal.addEventListener('abort', end);
  try {
    const ended = new Promise<void>((resolve, reject) =>
      supervisor.on('error', reject).on('exit', () => resolve()),
    );
    const report = supervisor.stdio[3];
    if (!(report instanceof Readable)) throw new TypeError('The supervisor has no pipe to report on.');
    const [told] = await Promise.all([text(report), ended]);
    await Promise.race([Promise.all(outputs.map(closed)), sleep(OUTPUT_MILLISECONDS)]);
    signal.throwIfAborted();
    // Somebody may have killed the supervisor as well.
    const how = endSchema.parse(told === '' ? { code: null, signal: 'SIGKILL' } : JSON.parse(told));
    return {
      timedOut,
      output: tail.text,
      ...('error' in how ? { exitCode: undefined, error: how.error } : { exitCode: exitCodeOf(how) }),
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    for (const output of outputs) output.destroy();
  }
}

const SIGNALS: Readonly<Record<string, number>> = constants.signals;

const exitCodeOf = ({ code, signal }: { code: number | null; signal: string | null }): number =>
  code ?? 128 + (SIGNALS[signal ?? ''] ?? 0);

const closed = (stream: Readable): Promise<void> =>
  stream.closed ? Promise.resolve() : new Promise(resolve => stream.once('close', () => resolve()));

/** Not before all that had come by then was read, also when this process was held up: timers come first in its loop. */
const sleep = (milliseconds: number): Promise<void> =>
  new Promise(resolve => setTimeout(() => setImmediate(resolve), milliseconds).unref());
