import type { Column } from './columns.ts';

/**
 * Columns in the order of the features of a model, found by name; others are left out.
 * @param refuse Makes the error that is thrown when a feature has no column of its name and kind.
 */
export function alignColumns(
  columns: readonly Column[],
  features: readonly Pick<Column, 'kind' | 'name'>[],
  refuse: (problem: string) => Error,
): Column[] {
  const byName = new Map(columns.map(column => [column.name, column]));
  return features.map(({ kind, name }) => {
    const column = byName.get(name);
    if (column === undefined) throw refuse(`There is no column for the feature "${name}".`);
    if (column.kind !== kind) throw refuse(`The feature "${name}" is ${kind}; its column is ${column.kind}.`);
    return column;
  });
}
