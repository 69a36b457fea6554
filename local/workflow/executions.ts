import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Activity } from '../activity.ts';
import type { CloudEvent, ExecutionStatus } from '../cloud-event.ts';
import { type BusEvent, eventTime } from '../events/event.ts';
import type { MetricStore } from '../monitoring/metric-store.ts';
import { Slots } from '../slots.ts';
import type { Delivery } from '../state/deliveries.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { VirtualTimers } from '../virtual-timers.ts';
import { Checkpoint } from './checkpoint.ts';
import { DurableTasks } from './durable-tasks.ts';
import type { ExecutionHistory, ExecutionRecord } from './execution-history.ts';
import { ExecutionRest } from './execution-rest.ts';
import type { Integrations } from './integrations.ts';
import type { ExecutionOutcome, StateMachines } from './state-machines.ts';
import type { TaskTokens } from './task-tokens.ts';

interface ExecutionsProps {
  readonly machines: StateMachines;
  readonly integrations: Integrations;
  readonly history: ExecutionHistory;
  readonly tokens: TaskTokens;
  /** Directory of what the executions under way have done so far. */
  readonly checkpoints: string;
  readonly clock: VirtualClock;
  readonly timers: VirtualTimers;
  readonly activity: Activity;
  readonly metrics: MetricStore;
  /** How many executions are under way at the same time, not counting those that wait. */
  readonly concurrency: number;
  readonly observe: (event: CloudEvent) => void;
  readonly publish: (event: BusEvent) => Promise<void>;
}

/** One execution; of one that runs, `endedAt`, `output` and `error` are not there yet and `seconds` counts so far. */
export type Execution = Omit<ExecutionRecord, 'status' | 'endedAt'> & {
  readonly status: ExecutionStatus | 'RUNNING';
  readonly endedAt?: string;
};

interface Running {
  readonly execution: Execution;
  readonly begin: number;
  readonly checkpoint: Checkpoint;
  readonly rest: ExecutionRest;
}

const METRIC_OF = {
  RUNNING: 'ExecutionsStarted',
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
} as const satisfies Record<Execution['status'], string>;

/** Runs executions, a limited number at a time, and keeps their history. */
export class Executions {
  readonly #props: ExecutionsProps;
  readonly #slots: Slots;
  readonly #running = new Map<string, Running>();

  #abandoned = false;

  constructor(props: ExecutionsProps) {
    this.#props = props;
    this.#slots = new Slots(props.concurrency);
  }

  /** Those that ended, in the order in which they did, then those that run. */
  list(): Execution[] {
    const running = [...this.#running.values()].map(({ execution, begin }) => ({
      ...execution,
      seconds: secondsSince(begin),
    }));
    return [...this.#props.history.records, ...running];
  }

  /** Runs what a delivery to a state machine starts, to the end; after a restart, from where it was. */
  async run({ id, target, input, name = id }: Delivery): Promise<void> {
    const { machines, integrations, tokens, clock, timers, history, checkpoints, observe } = this.#props;
    // Killed between the end and its note: there is nothing left to do.
    if (history.has(id)) return;
    await this.#slots.take();
    if (this.#abandoned) return;
    const rest = new ExecutionRest(this.#slots, this.#props.activity);
    const machine = machines.nameOf(target);
    const of = { machine, execution: name };
    const begin = performance.now();
    const checkpoint = await Checkpoint.open(join(checkpoints, `${id}.jsonl`));
    const earlier = checkpoint.take('started');
    const startedAt = earlier === undefined ? clock.now : new Date(earlier.at);
    const execution: Execution = {
      id,
      machine,
      name,
      status: 'RUNNING',
      startedAt: startedAt.toISOString(),
      seconds: 0,
      input,
    };
    this.#running.set(id, { execution, begin, checkpoint, rest });
    observe({
      kind: earlier === undefined ? 'execution-started' : 'execution-resumed',
      time: clock.now,
      ...of,
    });
    if (earlier === undefined) {
      await checkpoint.add({ kind: 'started', at: execution.startedAt });
      await this.#announce(target, execution, clock.now);
    }

    const tasks = new DurableTasks({
      ...of,
      checkpoint,
      integrations,
      tokens,
      clock,
      timers,
      rest,
      onWaiting: (state, token) => observe({ kind: 'answer-awaited', time: clock.now, ...of, state, token }),
    });
    const outcome = await machines.run({
      machine: target,
      name,
      input,
      startedAt,
      tasks,
      onState: progress => {
        const isEnd = progress.kind === 'state-succeeded' || progress.kind === 'state-failed';
        if ((isEnd && tasks.takeReplayed(progress.state)) || checkpoint.replaying) return;
        observe({ ...progress, ...of, time: clock.now });
      },
    });

    // What closing makes fail has not failed: it is as if the process had been killed.
    if (this.#abandoned) return;
    // Lambda finishes what it began, also when the execution failed meanwhile.
    await rest.end();
    const ended = {
      ...execution,
      ...outcome,
      endedAt: clock.now.toISOString(),
      seconds: secondsSince(begin),
    };
    await tokens.withdrawAll(machine, name);
    await this.#announce(target, ended, clock.now);
    await history.add(ended);
    await checkpoint.remove();
    this.#running.delete(id);
    observe({
      kind: 'execution-ended',
      time: clock.now,
      ...of,
      status: outcome.status,
      seconds: ended.seconds,
      ...('error' in outcome ? { error: outcome.error } : {}),
    });
  }

  /** From now on, nothing that happens to an execution is its outcome. */
  abandon(): void {
    this.#abandoned = true;
    for (const { rest } of this.#running.values()) rest.abandon();
  }

  /** Closes what is open; the executions are as if they had been killed. */
  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ checkpoint }) => checkpoint.close()));
  }

  /** Tells of a change of status: a metric, and an event. */
  async #announce(machine: string, { id, name, status, startedAt }: Execution, now: Date): Promise<void> {
    const { metrics, publish } = this.#props;
    const of = { namespace: 'AWS/States', dimensions: { StateMachineArn: machine }, time: now.getTime() };
    metrics.add([
      { ...of, name: METRIC_OF[status], values: [1], unit: 'Count' },
      ...(status === 'RUNNING'
        ? []
        : [
            {
              ...of,
              name: 'ExecutionTime',
              values: [now.getTime() - Date.parse(startedAt)],
              unit: 'Milliseconds',
            },
          ]),
    ]);
    await publish(statusEvent(machine, id, name, status, now));
  }
}

/** Removes what executions left behind that are owed no more. */
export async function removeOldCheckpoints(
  directory: string,
  isOwed: (id: string) => boolean,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const file of await readdir(directory)) {
    if (!isOwed(file.replace(/\.jsonl$/, ''))) await rm(join(directory, file));
  }
}

const secondsSince = (begin: number): number => (performance.now() - begin) / 1000;

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
function statusEvent(
  machine: string,
  id: string,
  name: string,
  status: ExecutionOutcome['status'] | 'RUNNING',
  time: Date,
): BusEvent {
  const [, , , region = '', account = ''] = machine.split(':');
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
  return {
    version: '0',
    id: `${id}-${status}`,
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account,
    time: eventTime(time),
    region,
    resources: [executionArn],
    detail: { executionArn, stateMachineArn: machine, name, status },
  };
}
