import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Slots } from '../slots.ts';
import type { FunctionSpec } from './function-spec.ts';
import { FunctionWorker } from './function-worker.ts';

interface FunctionPoolProps {
  readonly functions: readonly FunctionSpec[];
  /** How many invocations run at the same time. */
  readonly concurrency: number;
  /** Directory of the functions' log files. */
  readonly logs: string;
  /**
   * Takes a line of standard output of a function.
   * @returns Whether the line was a metric and is no log.
   */
  readonly onOutput: (line: string, functionArn: string) => boolean;
  /** Called after each invocation, before its caller goes on. */
  readonly onInvocation: (invocation: {
    readonly name: string;
    readonly seconds: number;
    readonly failed: boolean;
    readonly answering: boolean;
  }) => Promise<void>;
}

/**
 * Room for each function of the platform once. An idle thread costs some 20 to 40 MB; loading a bundle again takes a
 * third of a second of processor time, which with half as many was a third of all that a delivery takes.
 */
const MOST_IDLE = 16;

/** Runs invocations in threads, warm ones first, never more at a time than allowed. */
export class FunctionPool {
  readonly #byArn: ReadonlyMap<string, FunctionSpec>;
  readonly #slots: Slots;
  readonly #props: FunctionPoolProps;
  /** The least recently used first. */
  readonly #idle: FunctionWorker[] = [];
  readonly #busy = new Set<FunctionWorker>();
  #stopped = false;

  constructor(props: FunctionPoolProps) {
    this.#props = props;
    this.#byArn = new Map(props.functions.map(spec => [spec.arn, spec]));
    this.#slots = new Slots(props.concurrency);
    mkdirSync(props.logs, { recursive: true });
  }

  /** Whether there is such a function. */
  has(arn: string): boolean {
    return this.#byArn.has(arn);
  }

  /** The ARN of a function by its ARN or name, if there is one. */
  find(arnOrName: string): string | undefined {
    if (this.#byArn.has(arnOrName)) return arnOrName;
    return [...this.#byArn.values()].find(({ name }) => name === arnOrName)?.arn;
  }

  /**
   * Invokes a function and waits for its answer.
   * @param payload Any JSON value.
   * @throws FunctionError.
   */
  async invoke(arn: string, payload: unknown): Promise<unknown> {
    await this.#slots.take();
    try {
      return await this.#invoke(arn, payload, false);
    } finally {
      this.#slots.give();
    }
  }

  /**
   * Invokes a function for somebody who waits for an answer: at once, whatever else is under way. Its caller sees to it
   * that there are not too many.
   * @throws FunctionError.
   */
  answer(arn: string, payload: unknown): Promise<unknown> {
    return this.#invoke(arn, payload, true);
  }

  async #invoke(arn: string, payload: unknown, answering: boolean): Promise<unknown> {
    const spec = this.#byArn.get(arn);
    if (spec === undefined) throw new Error(`There is no function ${arn}`);
    if (this.#stopped) await forever();
    const worker = this.#take(spec);
    this.#busy.add(worker);
    const begin = performance.now();
    let failed = true;
    try {
      const result: unknown = JSON.parse(await worker.invoke(JSON.stringify(payload ?? null)));
      failed = false;
      return result;
    } finally {
      if (this.#stopped) await forever();
      const seconds = (performance.now() - begin) / 1000;
      this.#busy.delete(worker);
      this.#putBack(worker);
      await this.#props.onInvocation({ name: spec.name, seconds, failed, answering });
    }
  }

  /** Ends all threads. For callers it is as if the process were killed: what they wait for never comes. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#idle.splice(0), ...this.#busy].map(worker => worker.terminate()));
  }

  #take(spec: FunctionSpec): FunctionWorker {
    const warm = this.#idle.findLastIndex(worker => worker.spec === spec && worker.usable);
    const [found] = warm === -1 ? [] : this.#idle.splice(warm, 1);
    if (found !== undefined) return found;
    const log = join(this.#props.logs, `${spec.name}.log`);
    const write = (line: string): void => appendFileSync(log, `${line}\n`);
    return new FunctionWorker(spec, {
      out: line => {
        if (!this.#props.onOutput(line, spec.arn)) write(line);
      },
      error: write,
    });
  }

  #putBack(worker: FunctionWorker): void {
    if (!worker.usable) return;
    this.#idle.push(worker);
    if (this.#idle.length > MOST_IDLE) void this.#idle.shift()?.terminate();
  }
}

const forever = (): Promise<never> => new Promise(() => undefined);
