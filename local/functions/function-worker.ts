import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { FunctionError } from './function-error.ts';
import type { FunctionSpec } from './function-spec.ts';
import { type Answer, answerSchema, type InvocationMessage, type WorkerData } from './messages.ts';

/** A delay that timers can hold, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface WorkerOutput {
  /** A line of the handler's standard output. */
  readonly out: (line: string) => void;
  /** A line of the handler's standard error. */
  readonly error: (line: string) => void;
}

interface Current {
  readonly id: string;
  readonly settle: (answer: Answer | Error) => void;
  answer?: Answer;
  outputEnded: boolean;
}

/** One thread with one function's code loaded; answers one invocation at a time. */
export class FunctionWorker {
  readonly spec: FunctionSpec;
  readonly #worker: Worker;
  #current: Current | undefined;
  #dead = false;

  constructor(spec: FunctionSpec, output: WorkerOutput) {
    this.spec = spec;
    const endOfOutput = `end of output ${randomUUID()} `;
    this.#worker = new Worker(new URL('./bootstrap.ts', import.meta.url), {
      workerData: { directory: spec.directory, handler: spec.handler, endOfOutput } satisfies WorkerData,
      env: { ...spec.environment },
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    createInterface({ input: this.#worker.stdout }).on('line', line => {
      if (line.startsWith(endOfOutput)) this.#arrived({ ended: line.slice(endOfOutput.length) });
      else if (line !== '') output.out(line);
    });
    createInterface({ input: this.#worker.stderr }).on('line', output.error);
    this.#worker.on('message', (message: unknown) => this.#arrived({ answer: answerSchema.parse(message) }));
    this.#worker.on('error', error => this.#die(failed(error.name, error.message)));
    this.#worker.on('exit', code =>
      this.#die(failed('Runtime.ExitError', `Runtime exited with exit status ${code}`)),
    );
    this.#worker.unref();
  }

  /** Whether another invocation may be sent. */
  get usable(): boolean {
    return !this.#dead;
  }

  /**
   * @param payload The event, as JSON.
   * @returns The handler's answer, as JSON.
   * @throws FunctionError as Lambda reports what the handler threw, a timeout or an exit.
   */
  async invoke(payload: string): Promise<string> {
    const { spec } = this;
    const id = randomUUID();
    const milliseconds = Math.min(spec.timeoutSeconds * 1000, LONGEST_TIMER);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#current = {
      id,
      outputEnded: false,
      settle: result => (result instanceof Error ? reject(result) : resolve(result)),
    };
    const timer = setTimeout(() => {
      this.#die(failed('Sandbox.Timedout', `Task timed out after ${spec.timeoutSeconds.toFixed(2)} seconds`));
      void this.#worker.terminate();
    }, milliseconds);
    this.#worker.ref();
    try {
      this.#worker.postMessage({
        id,
        payload,
        deadline: Date.now() + milliseconds,
        context: {
          functionName: spec.name,
          invokedFunctionArn: spec.arn,
          memoryLimitInMB: String(spec.memoryMegabytes),
        },
      } satisfies InvocationMessage);
      const answer = await promise;
      if ('result' in answer) return answer.result;
      if (answer.fatal) await this.terminate();
      throw new FunctionError(answer.failure);
    } finally {
      clearTimeout(timer);
      this.#current = undefined;
      this.#worker.unref();
    }
  }

  async terminate(): Promise<void> {
    this.#dead = true;
    await this.#worker.terminate();
  }

  /** An invocation is over when its answer and the end of its output are both there. */
  #arrived({ answer, ended }: { answer?: Answer; ended?: string }): void {
    const current = this.#current;
    if (current === undefined) return;
    if (answer !== undefined) current.answer = answer;
    if (ended === current.id) current.outputEnded = true;
    if (current.answer !== undefined && current.outputEnded) current.settle(current.answer);
  }

  #die(error: Error): void {
    this.#dead = true;
    this.#current?.settle(error);
  }
}

const failed = (errorType: string, errorMessage: string): FunctionError =>
  new FunctionError({ errorType, errorMessage, trace: [] });
