import type { AnyDataset } from '../core/data/dataset/load-dataset.ts';
import type { DeliveryFacts } from '../core/insights/delivery-facts.ts';
import type { IncidentFacts } from '../core/insights/incidents.ts';
import { readableTime } from '../core/insights/readable.ts';
import type { RegistryEvent } from '../core/registry/events.ts';
import type { VersionRecord } from '../core/registry/versions.ts';
import type { EmbeddedCloud } from '../local/embedded-cloud.ts';
import { datasetsTable } from './datasets.ts';
import { describeDelivery } from './describe-delivery.ts';
import type { Outputs } from './outputs.ts';
import { shownMetric } from './shown-metric.ts';
import { section, styled, table } from './table.ts';
import { workflowName } from './workflow-name.ts';

export interface DemoFacts extends DeliveryFacts {
  readonly outputs: Outputs;
  readonly datasets: readonly AnyDataset[];
  readonly versions: readonly VersionRecord[];
  readonly events: readonly RegistryEvent[];
  /** What is in production, by whose decision and why; null where nothing is. */
  readonly production: {
    readonly version: number;
    /** ISO 8601. */
    readonly since: string;
    readonly reason: string;
  } | null;
  readonly incidents: readonly IncidentFacts[];
  readonly alarms: ReturnType<EmbeddedCloud['alarms']>;
  readonly workflows: ReturnType<EmbeddedCloud['executions']>;
}

/** The closing tables of the demo: those of each model, then what the cloud did for all of them. */
export function describeDemo(models: readonly DemoFacts[]): string {
  const workflows = models[0]?.workflows ?? [];
  return [
    ...models.map(describeModel),
    section(
      'Workflows',
      table(
        ['workflow', 'started', 'status', 'seconds'],
        workflows.map(({ machine, startedAt, status, seconds }) => [
          ...[workflowName(machine), new Date(startedAt).toISOString(), status, Number(seconds.toFixed(1))],
        ]),
      ),
    ),
  ].join('\n\n');
}

function describeModel(facts: DemoFacts): string {
  const { model, datasets, versions, events, alarms, incidents, production, outputs } = facts;
  const metric = shownMetric(
    versions.map(({ metrics }) => metrics.test),
    facts.metric,
  );
  return [
    styled('bold', `— ${model} —`),
    describeDelivery(facts, outputs),
    section('Datasets', datasetsTable(datasets)),
    section(
      'Versions',
      table(
        ['version', 'run', 'data until', `${metric.label} test`],
        versions.map(({ version, run, dataEnd, metrics }) => [
          ...[version, run, dataEnd, metric.of(metrics.test)],
        ]),
      ),
    ),
    section(
      'Events',
      table(
        ['time', 'event', 'what happened'],
        events.map(({ time, kind, summary }) => [time, kind, summary]),
      ),
    ),
    section(
      'Alarms',
      table(
        ['alarm', 'state', 'since', 'why'],
        alarms.map(({ name, state, since, reason }) => [
          ...[name, state, readableTime(since.toISOString()), reason],
        ]),
      ),
    ),
    section('Incidents', incidents.length === 0 ? '  none' : incidents.map(describeIncident).join('\n')),
    section(
      'In production',
      production === null
        ? '  nothing'
        : `  version ${production.version}, since ${readableTime(production.since)}: ${production.reason}`,
    ),
  ].join('\n\n');
}

const DAY = 86_400;

/** An incident in two lines: a table would be wider than any terminal. */
function describeIncident({ openedAt, happened, remedy, closedAt, seconds }: IncidentFacts): string {
  const end =
    closedAt === null || seconds === null
      ? 'still open'
      : `closed ${readableTime(closedAt)}, restored after ${Number((seconds / DAY).toFixed(2))} days`;
  return `  ${readableTime(openedAt)}  ${happened}; ${end}\n    ${remedy ?? 'nothing was done yet'}`;
}
