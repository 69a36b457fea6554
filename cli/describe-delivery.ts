import type { DeliveryFacts } from '../core/insights/delivery-facts.ts';
import type { Outputs } from './outputs.ts';
import { shownMetric } from './shown-metric.ts';
import { section, styled, table } from './table.ts';

/** The closing facts of a delivery for people; `--json` prints the facts themselves. */
export function describeDelivery(
  { dataset, quarantined, warned, runs, metric, decision, failures }: DeliveryFacts,
  outputs: Outputs,
): string {
  const parts: string[] = [];
  if (quarantined.length > 0) {
    const rows = quarantined.flatMap(({ table: name, file, reasons }) =>
      reasons.map(({ rule, rows: broken }) => [file, name, rule, broken]),
    );
    parts.push(section('Quarantined', table(['file', 'table', 'broken rule', 'rows'], rows)));
  }
  if (warned.length > 0) {
    const rows = warned.flatMap(({ table: name, file, warnings }) =>
      warnings.map(({ rule, rows: broken }) => [file, name, rule, broken]),
    );
    parts.push(section('Accepted with warnings', table(['file', 'table', 'rule', 'rows'], rows)));
  }
  if (dataset !== null) {
    const { train, validation, test } = dataset.rows;
    parts.push(
      section(
        'Dataset',
        table(['id', 'train', 'validation', 'test'], [[dataset.id, train, validation, test]]),
      ),
    );
  }
  if (runs.length > 0) parts.push(section('Runs', runsTable(runs, metric)));
  if (decision !== null) {
    const verdict = decision.promoted
      ? styled('green', 'in production')
      : styled('yellow', decision.waiting ? 'waiting for approval' : 'not promoted');
    parts.push(section('Decision', `  ${verdict}: ${decision.reason}`));
  }
  if (failures.length > 0) {
    const rows = failures.map(({ workflow, error, cause }) => [workflow, error, cause]);
    parts.push(section('Failed', table(['workflow', 'error', 'cause'], rows)));
  }
  const files = Object.entries(outputs).filter(([, path]) => path !== null);
  if (files.length > 0) parts.push(section('Files', table(['what', 'where'], files)));
  return parts.length === 0 ? 'Accepted; nothing to train yet.' : parts.join('\n\n');
}

export function runsTable(runs: DeliveryFacts['runs'], gate: DeliveryFacts['metric']): string {
  const { label, of } = shownMetric(
    runs.map(({ metrics }) => metrics.validation),
    gate,
  );
  return table(
    ['run', 'dataset', 'trainer', 'status', `${label} validation`, `${label} test`, 'seconds', ''],
    runs.map(({ id, dataset, trainer, status, metrics: { validation, test }, seconds, error, note }) => [
      ...[id, dataset, trainer, status, of(validation), of(test), seconds, error ?? note ?? ''],
    ]),
  );
}
