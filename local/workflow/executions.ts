import type { Activity } from '../activity.ts';
import type { CloudEvent, ExecutionStatus } from '../cloud-event.ts';
import { type BusEvent, eventTime } from '../events/event.ts';
import type { MetricStore } from '../monitoring/metric-store.ts';
import { Slots } from '../slots.ts';
import type { Delivery } from '../state/deliveries.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { VirtualTimers } from '../virtual-timers.ts';
import type { ExecutionHistory, ExecutionRecord } from './execution-history.ts';
import type { ExecutionOutcome, StateMachines } from './state-machines.ts';

interface ExecutionsProps {
  readonly machines: StateMachines;
  readonly history: ExecutionHistory;
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

/** Runs executions, a limited number at a time, and keeps their history. */
export class Executions {
  readonly #props: ExecutionsProps;
  readonly #slots: Slots;
  readonly #running = new Map<string, { readonly execution: Execution; readonly begin: number }>();

  constructor(props: ExecutionsProps) {
    this.#props = props;
    this.#slots = new Slots(props.concurrency);
  }

  /** Those that ended, in the order in which they did, then those that run. */
  list(): Execution[] {
    const running = [...this.#running.values()].map(({ execution, begin }) => ({
      ...execution,
      seconds: (performance.now() - begin) / 1000,
    }));
    return [...this.#props.history.records, ...running];
  }

  /** Runs what a delivery to a state machine starts, to the end. */
  async run({ id, target, input, name = id }: Delivery): Promise<void> {
    const { machines, clock, history, observe } = this.#props;
    const machine = machines.nameOf(target);
    await this.#slots.take();
    const startedAt = clock.now;
    const begin = performance.now();
    const of = { machine, execution: name };
    this.#running.set(id, {
      execution: { machine, name, status: 'RUNNING', startedAt: startedAt.toISOString(), seconds: 0, input },
      begin,
    });
    observe({ kind: 'execution-started', time: startedAt, ...of });
    this.#count(target, 'ExecutionsStarted');
    await this.#announce(target, id, name, 'RUNNING', startedAt);

    let calls = 0;
    const outcome = await machines.run({
      machine: target,
      name,
      input,
      startedAt,
      caller: { execution: id, now: () => clock.now, nextCall: () => calls++ },
      wait: until => this.#wait(until),
      onState: progress => observe({ ...progress, ...of, time: clock.now }),
    });

    const seconds = (performance.now() - begin) / 1000;
    const endedAt = clock.now;
    const failure = 'error' in outcome ? { error: outcome.error } : {};
    await history.add({
      machine,
      name,
      status: outcome.status,
      startedAt: startedAt.toISOString(),
      endedAt: endedAt.toISOString(),
      seconds,
      input,
      ...('output' in outcome ? { output: outcome.output } : {}),
      ...failure,
    });
    this.#running.delete(id);
    this.#slots.give();
    this.#count(target, METRIC_OF[outcome.status]);
    this.#count(target, 'ExecutionTime', endedAt.getTime() - startedAt.getTime(), 'Milliseconds');
    await this.#announce(target, id, name, outcome.status, endedAt);
    observe({ kind: 'execution-ended', time: endedAt, ...of, status: outcome.status, seconds, ...failure });
  }

  /** Waits on the virtual clock; meanwhile the execution takes up no place and keeps nobody from moving the clock. */
  async #wait(until: Date | { readonly seconds: number }): Promise<void> {
    const { clock, timers, activity } = this.#props;
    const due = until instanceof Date ? until : new Date(clock.now.getTime() + until.seconds * 1000);
    if (due <= clock.now) return;
    this.#slots.give();
    const woken = new Promise<void>(resolve => {
      timers.at(due, () => {
        activity.enter();
        resolve();
      });
    });
    activity.leave();
    await woken;
    await this.#slots.take();
  }

  #count(machine: string, name: string, value = 1, unit = 'Count'): void {
    const { metrics, clock } = this.#props;
    metrics.add([
      {
        namespace: 'AWS/States',
        name,
        dimensions: { StateMachineArn: machine },
        time: clock.now.getTime(),
        values: [value],
        unit,
      },
    ]);
  }

  /** @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
  #announce(
    machine: string,
    id: string,
    name: string,
    status: ExecutionOutcome['status'] | 'RUNNING',
    time: Date,
  ): Promise<void> {
    const [, , , region = '', account = ''] = machine.split(':');
    const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
    return this.#props.publish({
      version: '0',
      id: `${id}-${status}`,
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account,
      time: eventTime(time),
      region,
      resources: [executionArn],
      detail: { executionArn, stateMachineArn: machine, name, status },
    });
  }
}

const METRIC_OF = {
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
} as const satisfies Record<ExecutionStatus, string>;
