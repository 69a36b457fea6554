import { isTabular, type Spec } from './schema.ts';

/** The table whose rows are learned from: that of the series, or that of the examples. */
export const learnedTable = (spec: Spec): string =>
  isTabular(spec) ? spec.examples.base : spec.series.table;

/** Tables whose columns the rows that are learned from are joined with. */
export const joinedTables = (spec: Spec): string[] =>
  isTabular(spec) ? spec.examples.joins.map(({ table }) => table) : [];

/** Whether new rows of a table are a reason to train: from the second stage on, and only for the table that is learned from. */
export const trainsOn = (spec: Spec, table: string): boolean =>
  spec.stage !== 'data' && table === learnedTable(spec);

/** Whether a version that passed the gate goes into production. */
export const deploys = (spec: Spec): boolean => spec.stage === 'production';
