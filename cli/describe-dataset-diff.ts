import type { ColumnShift } from '../core/data/dataset/column-shift.ts';
import type { DatasetDiff } from '../core/data/dataset/diff-datasets.ts';
import { rounded, section, table } from './table.ts';

/** The difference of two datasets for people. */
export function describeDatasetDiff(diff: DatasetDiff): string {
  const { before, after, columns, sources, rows, time, series, shifts, revised } = diff;
  const sizes = (['train', 'validation', 'test'] as const).map(part => [
    ...[part, rows[part].before, rows[part].after],
    ...[time[part].before.from, time[part].after.from, time[part].before.to, time[part].after.to],
  ]);
  const changes = [
    diff.sameSpec ? undefined : 'The spec says something else about data.',
    diff.every.before === diff.every.after
      ? undefined
      : `The step went from ${diff.every.before} to ${diff.every.after}.`,
    membership('Columns', columns, name => name),
    membership(
      'Parts',
      sources,
      ({ table: name, sha256, rows: count }) => `${name}/${sha256.slice(0, 12)} (${count} rows)`,
    ),
    series && membership('Series', series, key => key.join(' ')),
    revised && revised.changed > 0
      ? `${revised.changed} of ${revised.common} common values differ, from ${revised.first} to ${revised.last}.`
      : undefined,
  ].filter(line => line !== undefined);
  return [
    section(
      `${before} → ${after}`,
      table(['part', 'rows before', 'after', 'from before', 'after', 'to before', 'after'], sizes),
    ),
    section('Changes', changes.length === 0 ? '  none' : changes.map(line => `  ${line}`).join('\n')),
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
