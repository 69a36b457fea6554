import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Activity } from './activity.ts';
import type { CloudEvent } from './cloud-event.ts';
import { Dispatcher } from './dispatcher.ts';
import type { BusEvent } from './events/event.ts';
import { Buckets } from './events/objects.ts';
import { EventRules } from './events/rules.ts';
import { Schedules } from './events/schedules.ts';
import { AsyncInvocations } from './functions/async-invocations.ts';
import { FunctionPool } from './functions/function-pool.ts';
import { functionSpecs } from './functions/function-spec.ts';
import { type Message, Outbox } from './messages/outbox.ts';
import { Queues } from './messages/queues.ts';
import { Topics } from './messages/topics.ts';
import { type AlarmStatus, Alarms } from './monitoring/alarms.ts';
import { type MetricPoint, parseEmbeddedMetric } from './monitoring/embedded-metric.ts';
import { MetricStore } from './monitoring/metric-store.ts';
import { Deliveries, type Delivery } from './state/deliveries.ts';
import { lockDirectory } from './state/directory-lock.ts';
import { readAssembly } from './template/assembly.ts';
import { resolveResources } from './template/resources.ts';
import { VirtualClock } from './virtual-clock.ts';
import { VirtualTimers } from './virtual-timers.ts';
import { ExecutionHistory } from './workflow/execution-history.ts';
import { type Execution, Executions, removeOldCheckpoints } from './workflow/executions.ts';
import { Integrations } from './workflow/integrations.ts';
import { StateMachines } from './workflow/state-machines.ts';
import { TaskTokens, type TokenAnswer, type WaitingTask } from './workflow/task-tokens.ts';

export interface EmbeddedCloudProps {
  /** Directory of a synthesized CDK app: manifest.json, templates and assets. */
  readonly assembly: string;
  /** Directory that keeps everything between runs. One process at a time may use it. */
  readonly state: string;
  /** Where the virtual clock starts, unless the state has a later time. */
  readonly time: Date;
  /** Called for everything that happens, as it happens. */
  readonly observe?: (event: CloudEvent) => void;
}

/** The parts that the embedded cloud is made of. */
interface Parts {
  readonly outputs: Readonly<Record<string, string>>;
  readonly clock: VirtualClock;
  readonly timers: VirtualTimers;
  readonly activity: Activity;
  readonly deliveries: Deliveries;
  readonly dispatcher: Dispatcher;
  readonly buckets: Buckets;
  readonly schedules: Schedules;
  readonly functions: FunctionPool;
  readonly tokens: TaskTokens;
  readonly executions: Executions;
  readonly metrics: MetricStore;
  readonly alarms: Alarms;
  readonly outbox: Outbox;
  readonly owe: (deliveries: readonly Delivery[]) => Promise<void>;
  readonly observe: (event: CloudEvent) => void;
}

/**
 * Runs what is in the templates of a CDK app, in this process and without an account: buckets are directories, functions
 * run in worker threads, state machines, rules, schedules, alarms and topics do what they do on AWS. Time is virtual: it
 * stands still while work is done and jumps to what is due next.
 */
export class EmbeddedCloud {
  readonly #parts: Parts;
  /** What must be closed at the end. */
  readonly #open: AsyncDisposableStack;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(parts: Parts, open: AsyncDisposableStack) {
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
    return new EmbeddedCloud(parts, open.move());
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
    return this.#inTurn(() => this.#settle());
  }

  /** Lets time pass: what falls due until `time` happens at its moment, one after the other. Never moves backwards. */
  advanceTo(time: Date): Promise<void> {
    return this.#inTurn(async () => {
      await this.#settle();
      while (await this.#step(time)) await this.#settle();
      await this.#parts.clock.moveTo(time);
      await this.#settle();
    });
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

  /** Ends the threads and gives the state directory back. What was under way is done again after the next start. */
  async stop(): Promise<void> {
    const { dispatcher, functions } = this.#parts;
    dispatcher.stop();
    await functions.stop();
    await this.#open.disposeAsync();
  }

  /** One at a time: two who move the clock would disturb each other. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #settle(): Promise<void> {
    const { activity, alarms, buckets, deliveries, dispatcher, timers } = this.#parts;
    for (;;) {
      const changed = activity.changed();
      dispatcher.startOwed();
      if (activity.busy) {
        await changed;
        continue;
      }
      // Files may also come from outside: somebody puts one into the directory.
      await buckets.scan(this.now);
      await alarms.evaluate(this.now);
      // The time of an answer may have run out while nothing ran.
      timers.fire(this.now);
      if (deliveries.waiting || activity.busy) continue;
      const wake = timers.nextMove();
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

async function assemble(
  { assembly: directory, state, time, observe = () => undefined }: EmbeddedCloudProps,
  open: AsyncDisposableStack,
): Promise<Parts> {
  const assembly = readAssembly(directory);
  const resources = resolveResources(assembly);
  const concurrency = availableParallelism();
  const activity = new Activity();
  const timers = new VirtualTimers();
  const clock = await VirtualClock.open(join(state, 'clock.json'), time);
  const deliveries = await Deliveries.open(join(state, 'deliveries.jsonl'));
  const metrics = await MetricStore.open(join(state, 'metrics.jsonl'));
  const history = await ExecutionHistory.open(join(state, 'executions.jsonl'));
  const tokens = await TaskTokens.open(join(state, 'tokens.jsonl'));
  for (const journal of [deliveries, metrics, history, tokens]) open.defer(() => journal.close());
  const outbox = await Outbox.open(join(state, 'outbox'));

  const owe = async (owed: readonly Delivery[]): Promise<void> => {
    await deliveries.owe(owed);
    activity.notify();
  };
  const rules = new EventRules(resources);
  const publish = (event: BusEvent): Promise<void> => owe(rules.deliveries(event));
  const buckets = new Buckets({ resources, directory: join(state, 'buckets'), rules, deliveries, observe });
  const functions = new FunctionPool({
    functions: functionSpecs({
      resources,
      assets: assembly.assets,
      inlineCode: join(state, 'inline-code'),
      bucketUrl: name => (buckets.has(name) ? buckets.store(name).url : undefined),
    }),
    concurrency,
    logs: join(state, 'logs'),
    onOutput: line => {
      const points = parseEmbeddedMetric(line);
      if (points !== undefined) metrics.add(points);
      return points !== undefined;
    },
    onInvocation: async ({ name, seconds, failed }) => {
      const of = { namespace: 'AWS/Lambda', dimensions: { FunctionName: name }, time: clock.now.getTime() };
      metrics.add([
        { ...of, name: 'Invocations', values: [1], unit: 'Count' },
        { ...of, name: 'Errors', values: [failed ? 1 : 0], unit: 'Count' },
        { ...of, name: 'Duration', values: [seconds * 1000], unit: 'Milliseconds' },
      ]);
      await buckets.scan(clock.now);
      activity.notify();
    },
  });
  const integrations = new Integrations({ resources, functions, owe: delivery => owe([delivery]) });
  const machines = new StateMachines(resources, integrations);
  const checkpoints = join(state, 'checkpoints');
  await removeOldCheckpoints(checkpoints, id => deliveries.isOwed(id));
  const executions = new Executions({
    machines,
    integrations,
    history,
    tokens,
    checkpoints,
    clock,
    timers,
    activity,
    metrics,
    concurrency,
    observe,
    publish,
  });
  open.defer(() => executions.close());
  const asyncInvocations = new AsyncInvocations(resources, functions, delivery => owe([delivery]));
  const topics = new Topics({ resources, outbox, owe, observe });
  const queues = new Queues(resources, join(state, 'queues'));
  const dispatcher = new Dispatcher({
    deliveries,
    activity,
    destinations: [
      { has: arn => machines.has(arn), deliver: delivery => executions.run(delivery) },
      { has: arn => functions.has(arn), deliver: delivery => asyncInvocations.deliver(delivery) },
      { has: arn => topics.has(arn), deliver: delivery => topics.publish(delivery) },
      { has: arn => queues.has(arn), deliver: delivery => queues.send(delivery) },
    ],
    beforeDone: () => metrics.written(),
  });
  dispatcher.checkTargets(resources);
  const schedules = await Schedules.open(resources, state, clock.now);
  const alarms = await Alarms.open(
    {
      resources,
      path: join(state, 'alarms.json'),
      metrics,
      observe,
      owe: async (owed, event) => owe([...owed, ...rules.deliveries(event)]),
    },
    clock.now,
  );
  return {
    outputs: resources.outputs,
    clock,
    timers,
    activity,
    deliveries,
    dispatcher,
    buckets,
    schedules,
    functions,
    tokens,
    executions,
    metrics,
    alarms,
    outbox,
    owe,
    observe,
  };
}
