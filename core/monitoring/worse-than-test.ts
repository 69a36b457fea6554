import { directionOf } from '../spec/metrics.ts';
import type { TestInterval } from './prediction-reference.ts';

/** Whether a value is worse than the worse end of what the test part said. */
export const isWorse = (value: number, { metric, lower, upper }: TestInterval): boolean =>
  directionOf(metric) === 'lower' ? value > upper : value < lower;
