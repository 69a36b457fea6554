import { setTimeout as pause } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { listEvents } from '../../core/registry/events.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { AwsError } from './aws-error.ts';

/** Milliseconds from one look to the next. */
const PAUSE = 2000;
/** How long an upload may take to start its workflow: events of S3 arrive within seconds. */
const START_WITHIN = 120_000;
/** A promotion starts its forecast, an acceptance its measurement: so many quiet looks mean that nothing follows. */
const QUIET_LOOKS = 3;
/** The clocks of this machine and of AWS may differ a little. */
const CLOCKS_DIFFER = 10_000;

/** After these events a workflow stands still until somebody answers, or until a trial is over. */
const PENDING = new Set(['approval-requested', 'rollout-started']);

interface Settling {
  /** ARNs of the state machines. */
  readonly machines: readonly string[];
  readonly models: ObjectStore;
  readonly model: string;
  readonly since: Date;
  /** The object that sets workflows off; without one they are under way. */
  readonly key?: string;
}

/**
 * Waits until the workflows of a model have ended, or wait for something themselves.
 * @throws AwsError when a new object starts none.
 */
export async function settledWorkflows(o: Settling): Promise<void> {
  const client = new SFNClient({});
  let started = o.key === undefined;
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    await pause(PAUSE);
    started ||= await hasStarted(client, o);
    if (!started && Date.now() - o.since.getTime() > START_WITHIN) {
      throw new AwsError(
        `No workflow started for ${o.key} within ${START_WITHIN / 1000} seconds; look at the rules of EventBridge.`,
      );
    }
    const running = await runningOf(client, o);
    const resting = running === 0 || (running === 1 && (await isPending(o)));
    quiet = started && resting ? quiet + 1 : 0;
  }
}

async function runningOf(client: SFNClient, { machines, model }: Settling): Promise<number> {
  const named = new RegExp(`[/"]${model}[/."]`);
  const running = await executions(client, machines, { statusFilter: 'RUNNING' });
  const inputs = await Promise.all(running.map(one => inputOf(client, one)));
  return inputs.filter(input => named.test(input)).length;
}

async function hasStarted(client: SFNClient, { machines, since, key }: Settling): Promise<boolean> {
  const recent = (await executions(client, machines, { maxResults: 100 })).filter(
    ({ startDate }) => startDate !== undefined && startDate.getTime() > since.getTime() - CLOCKS_DIFFER,
  );
  const inputs = await Promise.all(recent.map(one => inputOf(client, one)));
  return inputs.some(input => input.includes(JSON.stringify(key)));
}

async function executions(
  client: SFNClient,
  machines: readonly string[],
  which: { readonly statusFilter: 'RUNNING' } | { readonly maxResults: number },
): Promise<ExecutionListItem[]> {
  const lists = await Promise.all(
    machines.map(stateMachineArn => client.send(new ListExecutionsCommand({ stateMachineArn, ...which }))),
  );
  return lists.flatMap(({ executions = [] }) => executions);
}

async function inputOf(client: SFNClient, { executionArn }: ExecutionListItem): Promise<string> {
  return (await client.send(new DescribeExecutionCommand({ executionArn }))).input ?? '';
}

async function isPending({ models, model, since }: Settling): Promise<boolean> {
  const events = await listEvents(models, model);
  const last = events.filter(({ time }) => Date.parse(time) >= since.getTime() - CLOCKS_DIFFER).at(-1);
  return last !== undefined && PENDING.has(last.kind);
}
