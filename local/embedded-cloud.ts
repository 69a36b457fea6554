import { assemble, type EmbeddedCloudProps, type Parts } from './assemble.ts';
import { UnknownResourceError } from './errors.ts';
import type { Message } from './messages/outbox.ts';
import type { AlarmStatus } from './monitoring/alarms.ts';
import type { MetricPoint } from './monitoring/embedded-metric.ts';
import { lockDirectory } from './state/directory-lock.ts';
import { takeAnswers } from './workflow/answer-box.ts';
import type { Execution } from './workflow/executions.ts';
import type { TokenAnswer, WaitingTask } from './workflow/task-tokens.ts';

/**
 * Runs what is in the templates of a CDK app, in this process and without an account: buckets are directories, functions
 * run in worker threads, state machines, rules, schedules, alarms and topics do what they do on AWS. Time is virtual: it
 * stands still while work is done and jumps to what is due next.
 */
export class EmbeddedCloud {
  /** The state directory. */
  readonly #state: string;
  readonly #parts: Parts;
  /** What must be closed at the end. */
  readonly #open: AsyncDisposableStack;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(state: string, parts: Parts, open: AsyncDisposableStack) {
    this.#state = state;
    this.#parts = parts;
    this.#open = open;
  }

  /**
   * @throws UnsupportedError that names everything in the templates that is not understood.
   * @throws StateDirectoryError while another process uses the state directory.
   */
  static async start(props: EmbeddedCloudProps): Promise<EmbeddedCloud> {
    await using open = new AsyncDisposableStack();
    open.defer(await lockDirectory(props.state));
    const parts = await assemble(props, open);
    await parts.buckets.scan(parts.clock.now);
    return new EmbeddedCloud(props.state, parts, open.move());
  }

  /** The virtual clock. */
  get now(): Date {
    return this.#parts.clock.now;
  }

  /** The file:// URL under which a bucket's objects are. Throws UnknownResourceError. */
  bucketUrl(name: string): string {
    return this.#parts.buckets.store(name).url;
  }

  /** Puts a file into a bucket, as any client would; what that sets off begins with the next `settle`. */
  async upload(bucket: string, key: string, path: string): Promise<void> {
    await this.#parts.buckets.store(bucket).putFile(key, path);
    await this.#parts.buckets.scan(this.now);
    this.#parts.activity.notify();
  }

  /**
   * Runs all that is set off to its end, and all that this sets off. The clock moves only for Wait states. Executions
   * that wait for an answer from outside go on waiting.
   */
  settle(): Promise<void> {
    return this.#inTurn(() => this.#settle({ jumps: true }));
  }

  /**
   * Lets time pass: what falls due until `time` happens at its moment, one after the other. Then as `settle`. Never moves
   * backwards.
   */
  advanceTo(time: Date): Promise<void> {
    return this.#inTurn(() => this.#pass(time, { jumps: true }));
  }

  /** As `advanceTo`, for a clock that others look at too: it does not run ahead, so that Wait states wait. */
  follow(time: Date): Promise<void> {
    return this.#inTurn(() => this.#pass(time, { jumps: false }));
  }

  /** Models that have an endpoint. */
  endpoints(): string[] {
    return this.#parts.urls.map(({ model }) => model);
  }

  /**
   * Calls the endpoint of a model, whatever else is under way.
   * @param event As a function URL would send it.
   * @returns What its function returned.
   * @throws FunctionError when it failed, UnknownResourceError when there is none.
   */
  async call(model: string, event: unknown): Promise<unknown> {
    const url = this.#parts.urls.find(one => one.model === model);
    if (url === undefined) throw new UnknownResourceError(`There is no endpoint of "${model}"`);
    return await this.#parts.functions.answer(url.functionArn, event);
  }

  /** States that wait for an answer from outside (`.waitForTaskToken`), the oldest first. */
  waiting(): WaitingTask[] {
    return this.#parts.tokens.waiting;
  }

  /** Answers a state that waits, as SendTaskSuccess and SendTaskFailure do. Throws UnknownResourceError. */
  async answer(token: string, answer: TokenAnswer): Promise<void> {
    await this.#parts.tokens.answer(token, answer);
    this.#parts.activity.notify();
  }

  /** Takes the answers that other processes left in the state directory; for a cloud that stays up. */
  async takeAnswers(): Promise<void> {
    await takeAnswers(this.#state, this.#parts.tokens);
    this.#parts.activity.notify();
  }

  alarms(): AlarmStatus[] {
    return this.#parts.alarms.list();
  }

  /** Those that ended, in the order in which they did, then those that run. */
  executions(): Execution[] {
    return this.#parts.executions.list();
  }

  /** Messages to topics, oldest first. */
  outbox(): readonly Message[] {
    return this.#parts.outbox.messages;
  }

  /** The points of every metric of a name whose dimensions include the given ones. */
  metrics(name: string, dimensions: Readonly<Record<string, string>> = {}): MetricPoint[] {
    return this.#parts.metrics.find(name, dimensions);
  }

  /** The stacks' outputs, by `Stack.OutputId`. */
  outputs(): Readonly<Record<string, string>> {
    return this.#parts.outputs;
  }

  /** Ends threads and training jobs and gives the state directory back. What was under way is done again after the next start. */
  async stop(): Promise<void> {
    const { dispatcher, executions, functions, subscriptions, trainingJobs } = this.#parts;
    dispatcher.stop();
    executions.abandon();
    await Promise.all([functions.stop(), trainingJobs.stop()]);
    await subscriptions.flush(this.now);
    await this.#open.disposeAsync();
  }

  /** One at a time: two who move the clock would disturb each other. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #pass(time: Date, { jumps }: { readonly jumps: boolean }): Promise<void> {
    await this.#settle({ jumps });
    while (await this.#step(time)) await this.#settle({ jumps });
    await this.#parts.clock.moveTo(time);
    await this.#settle({ jumps });
  }

  /** @param o.jumps Whether the clock moves to the end of a Wait state once nothing else is under way. */
  async #settle({ jumps }: { readonly jumps: boolean }): Promise<void> {
    const { activity, alarms, buckets, deliveries, dispatcher, subscriptions, timers } = this.#parts;
    for (;;) {
      const changed = activity.changed();
      dispatcher.startOwed();
      if (activity.busy) {
        await changed;
        continue;
      }
      await subscriptions.flush(this.now);
      // Files may also come from outside: somebody puts one into the directory.
      await buckets.scan(this.now);
      await alarms.evaluate(this.now);
      // The time of an answer may have run out while nothing ran.
      timers.fire(this.now);
      if (deliveries.waiting || activity.busy) continue;
      const wake = jumps ? timers.nextMove() : undefined;
      if (wake === undefined) return;
      await this.#step(wake);
    }
  }

  /** Moves the clock to what is due next, at most to `limit`, and lets it happen. */
  async #step(limit: Date): Promise<boolean> {
    const { alarms, clock, observe, owe, schedules, timers } = this.#parts;
    const occurrences = schedules.next(clock.now);
    const moments = [occurrences[0]?.due, alarms.nextChange(clock.now), timers.next()].filter(
      moment => moment !== undefined && moment <= limit,
    );
    const [next] = moments.filter(moment => moment !== undefined).sort((a, b) => a.getTime() - b.getTime());
    if (next === undefined) return false;
    for (const { name, due, deliveries } of occurrences) {
      if (due > next) continue;
      observe({ kind: 'schedule-fired', time: due, schedule: name });
      // Owed before the clock moves: after a kill in between it falls due again, under the same id.
      await owe(deliveries);
    }
    await clock.moveTo(next);
    timers.fire(next);
    return true;
  }
}
