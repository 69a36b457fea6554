import * as z from 'zod';
import type { MetricName } from '../spec/metrics.ts';

/** Measures of a model by name, whatever its task; null where one is undefined. */
export const measuresSchema = z.record(z.string(), z.number().nullable());

export type Measures = z.output<typeof measuresSchema>;

/** The value of a metric, null where it is undefined. */
export const metricOf = (measures: Measures, metric: MetricName): number | null => measures[metric] ?? null;
