import type { Spec } from './schema.ts';

/** Whether new rows of a table are a reason to train: from the second stage on, and only for the table that is forecast. */
export const trainsOn = (spec: Spec, table: string): boolean =>
  spec.stage !== 'data' && table === spec.series.table;

/** Whether a version that passed the gate goes into production. */
export const deploys = (spec: Spec): boolean => spec.stage === 'production';
