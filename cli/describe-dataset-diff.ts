import type { ColumnShift } from '../core/data/dataset/column-shift.ts';
import type { DatasetDiff } from '../core/data/dataset/diff-datasets.ts';
import type { ExamplesDiff } from '../core/data/dataset/diff-examples.ts';
import type { SeriesDiff } from '../core/data/dataset/diff-series.ts';
import { rounded, section, table } from './table.ts';

/** The difference of two datasets for people. */
export const describeDatasetDiff = (diff: DatasetDiff): string =>
  diff.kind === 'series' ? describeSeriesDiff(diff) : describeExamplesDiff(diff);

const PARTS = ['train', 'validation', 'test'] as const;

function describeSeriesDiff(diff: SeriesDiff): string {
  const { columns, rows, time, series, shifts, revised } = diff;
  const sizes = PARTS.map(part => [
    ...[part, rows[part].before, rows[part].after],
    ...[time[part].before.from, time[part].after.from, time[part].before.to, time[part].after.to],
  ]);
  const changes = [
    ...commonChanges(diff),
    diff.every.before === diff.every.after
      ? undefined
      : `The step went from ${diff.every.before} to ${diff.every.after}.`,
    membership('Columns', columns, name => name),
    series && membership('Series', series, key => key.join(' ')),
    revised && revised.changed > 0
      ? `${revised.changed} of ${revised.common} common values differ, from ${revised.first} to ${revised.last}.`
      : undefined,
  ];
  return described(diff, sizes, changes, shifts);
}

function describeExamplesDiff(diff: ExamplesDiff): string {
  const { columns, classes, rows, time, split, task, examples, shifts } = diff;
  const sizes = PARTS.map(part => [
    ...[part, rows[part].before, rows[part].after],
    ...[time[part].before?.from ?? '', time[part].after?.from ?? ''],
    ...[time[part].before?.to ?? '', time[part].after?.to ?? ''],
  ]);
  const changes = [
    ...commonChanges(diff),
    task.before === task.after ? undefined : `The task went from ${task.before} to ${task.after}.`,
    split.before.by === split.after.by
      ? undefined
      : `The split went from ${split.before.by} to ${split.after.by}.`,
    membership('Columns', columns, ({ name, kind }) => `${name} (${kind})`),
    membership('Classes', classes, name => name),
    examples === undefined
      ? 'Examples have other ids, so they cannot be matched.'
      : `Examples: ${examples.common} in both, ${examples.added} added, ${examples.removed} removed.`,
    examples && examples.relabelled > 0
      ? `${examples.relabelled} of the common examples have another target.`
      : undefined,
    examples && examples.moved > 0
      ? `${examples.moved} of the common examples are in another part.`
      : undefined,
  ];
  return described(diff, sizes, changes, shifts);
}

const commonChanges = ({ sameSpec, sources }: DatasetDiff): (string | undefined)[] => [
  sameSpec ? undefined : 'The spec says something else about data.',
  membership(
    'Parts',
    sources,
    ({ table: name, sha256, rows }) => `${name}/${sha256.slice(0, 12)} (${rows} rows)`,
  ),
];

function described(
  { before, after }: DatasetDiff,
  sizes: readonly (readonly (string | number)[])[],
  changes: readonly (string | undefined)[],
  shifts: readonly ColumnShift[],
): string {
  const lines = changes.flatMap(line => (line === undefined ? [] : [`  ${line}`]));
  return [
    section(
      `${before} → ${after}`,
      table(['part', 'rows before', 'after', 'from before', 'after', 'to before', 'after'], sizes),
    ),
    section('Changes', lines.length === 0 ? '  none' : lines.join('\n')),
    section('Columns that both have', table(['column', 'shift', 'moved', 'how'], shifts.map(shiftRow))),
  ].join('\n\n');
}

function membership<T>(
  what: string,
  { added, removed }: { readonly added: readonly T[]; readonly removed: readonly T[] },
  name: (item: T) => string,
): string | undefined {
  const list = (items: readonly T[]): string => items.map(name).join(', ');
  const parts = [
    ...(added.length > 0 ? [`added ${list(added)}`] : []),
    ...(removed.length > 0 ? [`removed ${list(removed)}`] : []),
  ];
  return parts.length === 0 ? undefined : `${what}: ${parts.join('; ')}.`;
}

function shiftRow(shift: ColumnShift): string[] {
  const moved = shift.moved ? 'moved' : '';
  const size = shift.shift === null ? '' : rounded(shift.shift);
  if (shift.kind === 'text') {
    const top = shift.values.slice(0, 3).map(({ value, before, after }) => {
      return `${value ?? 'no value'} ${percent(before)} → ${percent(after)}`;
    });
    return [shift.column, size, moved, top.join(', ')];
  }
  const mean = (value: number | null): string => (value === null ? 'none' : rounded(value));
  return [shift.column, size, moved, `mean ${mean(shift.before.mean)} → ${mean(shift.after.mean)}`];
}

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
