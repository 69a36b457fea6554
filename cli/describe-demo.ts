import type { DatasetRecord } from '../core/data/dataset/dataset-record.ts';
import type { DeliveryFacts } from '../core/insights/delivery-facts.ts';
import type { RegistryEvent } from '../core/registry/events.ts';
import type { VersionRecord } from '../core/registry/versions.ts';
import type { EmbeddedCloud } from '../local/embedded-cloud.ts';
import { datasetsTable } from './datasets.ts';
import { describeDelivery } from './describe-delivery.ts';
import type { Outputs } from './outputs.ts';
import { rounded, section, table } from './table.ts';
import { workflowName } from './workflow-name.ts';

export interface DemoFacts extends DeliveryFacts {
  readonly outputs: Outputs;
  readonly datasets: readonly DatasetRecord[];
  readonly versions: readonly VersionRecord[];
  readonly events: readonly RegistryEvent[];
  readonly alarms: ReturnType<EmbeddedCloud['alarms']>;
  readonly workflows: ReturnType<EmbeddedCloud['executions']>;
}

/** The closing table of the demo. */
export function describeDemo(facts: DemoFacts): string {
  const { datasets, versions, events, alarms, workflows, outputs } = facts;
  return [
    describeDelivery(facts, outputs),
    section('Datasets', datasetsTable(datasets)),
    section(
      'Versions',
      table(
        ['version', 'run', 'data until', 'MASE test'],
        versions.map(({ version, run, dataEnd, metrics }) => [
          ...[version, run, dataEnd, metrics.test.mase === null ? '' : rounded(metrics.test.mase)],
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
        ['alarm', 'state', 'why'],
        alarms.map(({ name, state, reason }) => [name, state, reason]),
      ),
    ),
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
