import type { CategoricalColumn, Column } from '../../data/features/columns.ts';
import { featuresOf } from '../../data/features/tabular-section.ts';
import type { ColumnType, TableSpec } from '../../spec/schema.ts';
import type { PredictorArtifact } from '../../training/tabular/predictor-artifact.ts';
import type { FeatureSource } from './features.ts';
import type { Value } from './value.ts';

/**
 * Features that are nothing but columns of the base table need no DuckDB: what its query would give for them is known.
 * @returns undefined where a feature is more than that, or a column has a rule that only DuckDB can check.
 */
export function plainFeatures({ section, features }: PredictorArtifact): FeatureSource | undefined {
  const contract = section.tables[section.examples.base];
  if (contract === undefined || section.examples.joins.length > 0) return undefined;
  const expressions = new Map(featuresOf(section.examples).map(({ name, sql }) => [name, sql]));
  const sources = features.flatMap(({ name, kind }) => {
    const column = columnRead(expressions.get(name) ?? '', section.examples.base, contract);
    const spec = column === undefined ? undefined : contract.columns[column];
    if (column === undefined || spec === undefined || KINDS[spec.type] !== kind) return [];
    if (spec.references !== undefined || spec.pattern !== undefined) return [];
    return [{ name, kind, column }];
  });
  if (sources.length < features.length) return undefined;
  return {
    needed: [...new Set(sources.map(({ column }) => column))],
    compute: async ({ rows, columns }) => ({
      columns: sources.map(({ name, kind, column }) => {
        const values = columns.get(column) ?? new Array<null>(rows).fill(null);
        return kind === 'number' ? numericColumn(name, values) : categoricalColumn(name, values);
      }),
      warnings: [],
    }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** What models see of each type; dates and times are no features by themselves. */
const KINDS: Readonly<Record<ColumnType, 'number' | 'category' | undefined>> = {
  string: 'category',
  integer: 'number',
  number: 'number',
  boolean: 'number',
  date: undefined,
  timestamp: undefined,
};

/** DuckDB takes these for something else than a column, unless the table is named before them or they are quoted. */
const RESERVED =
  /^(true|false|null|default|user|rowid|(current|session)_\w+|local(time|timestamp)|columns|case|cast|not|all|any|array|interval)$/i;

/**
 * The column that an expression reads, where it is one and does nothing else: `distance`, `flights.distance`,
 * `"distance"`. DuckDB ignores the case of names.
 */
function columnRead(sql: string, base: string, { columns }: TableSpec): string | undefined {
  const name = '([A-Za-z_][A-Za-z0-9_]*|"[^".]+")';
  const [, first, second] = new RegExp(`^\\s*${name}(?:\\s*\\.\\s*${name})?\\s*$`).exec(sql) ?? [];
  if (first === undefined) return undefined;
  const bare = (text: string): string => text.replaceAll('"', '').toLowerCase();
  if (second !== undefined && bare(first) !== base.toLowerCase()) return undefined;
  if (second === undefined && RESERVED.test(first)) return undefined;
  return Object.keys(columns).find(column => column.toLowerCase() === bare(second ?? first));
}

function numericColumn(name: string, values: readonly Value[]): Column {
  return {
    ...{ kind: 'numeric', name },
    values: Float64Array.from(values, value => (value === null ? Number.NaN : Number(value))),
  };
}

/** A column of categories, numbered as they come. */
export function categoricalColumn(name: string, values: readonly unknown[]): CategoricalColumn {
  const numbers = new Map<string, number>();
  const codes = Int32Array.from(values, value => {
    if (typeof value !== 'string') return -1;
    const known = numbers.get(value);
    if (known !== undefined) return known;
    numbers.set(value, numbers.size);
    return numbers.size - 1;
  });
  return { kind: 'categorical', name, codes, categories: [...numbers.keys()] };
}
