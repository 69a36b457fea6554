import { setTimeout as pause } from 'node:timers/promises';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { listEvents } from '../../core/registry/events.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { AwsError } from './aws-error.ts';

/** Milliseconds from one look to the next. */
const PAUSE = 2000;
/** How long an upload may take to start its workflow: events of S3 arrive within seconds. */
const START_WITHIN = 120_000;
/** A promotion starts its forecast, an acceptance its measurement: so many quiet looks mean that nothing follows. */
const QUIET_LOOKS = 3;

/** Workflows that stand still until somebody answers, or until a trial is over. */
const PENDING = new Set(['approval-requested', 'rollout-started']);

interface Settling {
  /** ARNs of the state machines. */
  readonly machines: readonly string[];
  /** The object that sets the workflows off. */
  readonly key: string;
  readonly since: Date;
  readonly models: ObjectStore;
}

/**
 * Waits until the workflow of a new object and those that follow it have ended, or wait for something themselves.
 * @throws AwsError when no workflow starts.
 */
export async function settledWorkflows(o: Settling): Promise<void> {
  const client = new SFNClient({});
  const model = o.key.split('/')[1] ?? '';
  let started = false;
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    await pause(PAUSE);
    const running = await runningSince(client, o);
    started ||= await hasStarted(client, o);
    if (!started && Date.now() - o.since.getTime() > START_WITHIN) {
      throw new AwsError(
        `No workflow started for ${o.key} within ${START_WITHIN / 1000} seconds; look at the rules of EventBridge.`,
      );
    }
    const resting = running === 0 || (running === 1 && (await isPending(o.models, model, o.since)));
    quiet = started && resting ? quiet + 1 : 0;
  }
}

async function runningSince(client: SFNClient, { machines, since }: Settling): Promise<number> {
  const lists = await Promise.all(
    machines.map(stateMachineArn =>
      client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' })),
    ),
  );
  return lists.flatMap(({ executions = [] }) => executions).filter(startedSince(since)).length;
}

async function hasStarted(client: SFNClient, { machines, since, key }: Settling): Promise<boolean> {
  for (const stateMachineArn of machines) {
    const { executions = [] } = await client.send(
      new ListExecutionsCommand({ stateMachineArn, maxResults: 100 }),
    );
    for (const { executionArn } of executions.filter(startedSince(since))) {
      const { input = '' } = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (input.includes(JSON.stringify(key))) return true;
    }
  }
  return false;
}

/** The clocks of this machine and of AWS may differ a little. */
const startedSince =
  (since: Date) =>
  ({ startDate }: { startDate: Date | undefined }): boolean =>
    startDate !== undefined && startDate.getTime() > since.getTime() - 10_000;

async function isPending(models: ObjectStore, model: string, since: Date): Promise<boolean> {
  const events = await listEvents(models, model);
  const last = events.filter(({ time }) => Date.parse(time) >= since.getTime() - 10_000).at(-1);
  return last !== undefined && PENDING.has(last.kind);
}
