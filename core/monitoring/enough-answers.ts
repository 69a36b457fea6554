import type { Measurement } from './monitoring-record.ts';

/** Known answers from which on an error is more than chance. */
export const LEAST_ANSWERS = 30;

/** Whether a measured error may set off an alarm and choose a remedy: of fewer rows it is reported, and no more. */
export const isEnough = (record: Measurement): boolean =>
  record.task === 'forecasting' || (record.metrics.rows ?? 0) >= LEAST_ANSWERS;
