import type { AnyDataset } from '../core/data/dataset/load-dataset.ts';
import type { DeliveryFacts } from '../core/insights/delivery-facts.ts';
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
  const { model, datasets, versions, events, alarms, outputs } = facts;
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
        ['alarm', 'state', 'why'],
        alarms.map(({ name, state, reason }) => [name, state, reason]),
      ),
    ),
  ].join('\n\n');
}
