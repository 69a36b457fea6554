import type { ExampleSplit, ExamplesSpec, JoinSpec } from '../../spec/examples.ts';
import type { TableSpec } from '../../spec/schema.ts';

/** What of a spec makes a tabular dataset. */
export interface TabularSection {
  readonly task: 'regression' | 'classification';
  readonly tables: Readonly<Record<string, TableSpec>>;
  readonly examples: ExamplesSpec;
  readonly split: ExampleSplit;
}

/** Name of a joined table in expressions. */
export const aliasOf = (join: JoinSpec): string => join.as ?? join.table;

/** Column that says when an example happens, if any. */
export const exampleTime = ({ tables, examples }: TabularSection): string | undefined =>
  examples.time ?? tables[examples.base]?.time;

export interface Feature {
  readonly name: string;
  readonly sql: string;
  /** SQL of the moment at which the value was measured. */
  readonly measured: string | undefined;
}

/** Features in the order of the spec. */
export const featuresOf = ({ features }: ExamplesSpec): Feature[] =>
  Object.entries(features).map(([name, feature]) =>
    typeof feature === 'string'
      ? { name, sql: feature, measured: undefined }
      : { name, sql: feature.sql, measured: feature.measured },
  );
