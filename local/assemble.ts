import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Activity } from './activity.ts';
import type { CloudEvent } from './cloud-event.ts';
import { Dispatcher } from './dispatcher.ts';
import { Buckets } from './events/buckets.ts';
import type { BusEvent } from './events/event.ts';
import { EventRules } from './events/rules.ts';
import { Schedules } from './events/schedules.ts';
import { AsyncInvocations } from './functions/async-invocations.ts';
import { FunctionPool } from './functions/function-pool.ts';
import { functionSpecs } from './functions/function-spec.ts';
import { type FunctionUrl, functionUrls } from './functions/function-urls.ts';
import { LogSubscriptions } from './logs/log-subscriptions.ts';
import { Outbox } from './messages/outbox.ts';
import { Queues } from './messages/queues.ts';
import { Topics } from './messages/topics.ts';
import { Alarms } from './monitoring/alarms.ts';
import { parseEmbeddedMetric } from './monitoring/embedded-metric.ts';
import { MetricStore } from './monitoring/metric-store.ts';
import { Deliveries, type Delivery } from './state/deliveries.ts';
import { readAssembly } from './template/assembly.ts';
import { resolveResources } from './template/resources.ts';
import type { Program } from './training/programs.ts';
import { TrainingJobs } from './training/training-jobs.ts';
import { VirtualClock } from './virtual-clock.ts';
import { VirtualTimers } from './virtual-timers.ts';
import { ExecutionHistory } from './workflow/execution-history.ts';
import { Executions, removeOldCheckpoints } from './workflow/executions.ts';
import { Integrations } from './workflow/integrations.ts';
import { StateMachines } from './workflow/state-machines.ts';
import { TaskTokens } from './workflow/task-tokens.ts';

export interface EmbeddedCloudProps {
  /** Directory of a synthesized CDK app: manifest.json, templates and assets. */
  readonly assembly: string;
  /** Directory that keeps everything between runs. One process at a time may use it. */
  readonly state: string;
  /** Where the virtual clock starts, unless the state has a later time. */
  readonly time: Date;
  /**
   * The programs that training jobs may run, and no others.
   * @default none
   */
  readonly programs?: readonly Program[];
  /**
   * How long an object must have stayed as it is before it is news, in milliseconds. For a cloud that stays up, into which
   * people copy files.
   * @default 0
   */
  readonly patience?: number;
  /** Called for everything that happens, as it happens. */
  readonly observe?: (event: CloudEvent) => void;
}

/** The parts that the embedded cloud is made of. */
export interface Parts {
  readonly outputs: Readonly<Record<string, string>>;
  readonly clock: VirtualClock;
  readonly timers: VirtualTimers;
  readonly activity: Activity;
  readonly deliveries: Deliveries;
  readonly dispatcher: Dispatcher;
  readonly buckets: Buckets;
  readonly schedules: Schedules;
  readonly functions: FunctionPool;
  readonly trainingJobs: TrainingJobs;
  readonly subscriptions: LogSubscriptions;
  readonly urls: readonly FunctionUrl[];
  readonly tokens: TaskTokens;
  readonly executions: Executions;
  readonly metrics: MetricStore;
  readonly alarms: Alarms;
  readonly outbox: Outbox;
  readonly owe: (deliveries: readonly Delivery[]) => Promise<void>;
  readonly observe: (event: CloudEvent) => void;
}

/**
 * Builds the embedded cloud from an assembly and what the state directory holds.
 * @param open Takes what must be closed at the end.
 * @throws UnsupportedError that names what is not understood.
 */
export async function assemble(
  {
    assembly: directory,
    state,
    time,
    programs = [],
    patience = 0,
    observe = () => undefined,
  }: EmbeddedCloudProps,
  open: AsyncDisposableStack,
): Promise<Parts> {
  const assembly = readAssembly(directory);
  const resources = resolveResources(assembly);
  const concurrency = availableParallelism();
  const activity = new Activity();
  const timers = new VirtualTimers();
  const clock = await VirtualClock.open(VirtualClock.pathIn(state), time);
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
  const buckets = new Buckets({
    resources,
    directory: join(state, 'buckets'),
    rules,
    deliveries,
    observe,
    patience,
  });
  const subscriptions = new LogSubscriptions(resources, buckets);
  const functions = new FunctionPool({
    functions: functionSpecs({
      resources,
      assets: assembly.assets,
      inlineCode: join(state, 'inline-code'),
      bucketUrl: name => (buckets.has(name) ? buckets.store(name).url : undefined),
    }),
    concurrency,
    logs: join(state, 'logs'),
    onOutput: (line, functionArn) => {
      const points = parseEmbeddedMetric(line);
      if (points !== undefined) metrics.add(points);
      else subscriptions.take(functionArn, line);
      return points !== undefined;
    },
    onInvocation: async ({ name, seconds, failed, answering }) => {
      const of = { namespace: 'AWS/Lambda', dimensions: { FunctionName: name }, time: clock.now.getTime() };
      metrics.add([
        { ...of, name: 'Invocations', values: [1], unit: 'Count' },
        { ...of, name: 'Errors', values: [failed ? 1 : 0], unit: 'Count' },
        { ...of, name: 'Duration', values: [seconds * 1000], unit: 'Milliseconds' },
      ]);
      // Who waits for an answer does not wait for what it sets off.
      if (!answering) await buckets.scan(clock.now);
      activity.notify();
    },
  });
  const trainingJobs = new TrainingJobs({
    programs,
    storeOf: bucket => buckets.store(bucket),
    directory: join(state, 'training-jobs'),
    logs: join(state, 'logs', 'training-jobs'),
    concurrency,
  });
  const integrations = new Integrations({
    ...{ resources, functions, trainingJobs },
    owe: delivery => owe([delivery]),
  });
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
  const queues = new Queues(resources, join(state, 'queues'), metrics);
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
    trainingJobs,
    subscriptions,
    urls: functionUrls(resources),
    tokens,
    executions,
    metrics,
    alarms,
    outbox,
    owe,
    observe,
  };
}
