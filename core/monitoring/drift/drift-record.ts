import * as z from 'zod';
import { CYCLES } from '../../spec/learning.ts';
import { TESTS } from './compare-sample.ts';

const share = z.number();

export const columnDriftSchema = z.object({
  /** Name of the feature, of the series, or of what is predicted. */
  name: z.string(),
  kind: z.enum(['number', 'category']),
  /** `level` of forecasts alone. Null where there was nothing to compare: `reason` says why. */
  test: z.enum([...TESTS, 'level']).nullable(),
  statistic: z.number().nullable(),
  /** Null for distances. */
  p: z.number().nullable(),
  /** Drift is a distance above the threshold, and, where there is a p value, one below 0.05. */
  distance: z.number().nullable(),
  threshold: z.number().nullable(),
  /** How far it is from being drift, as a factor: above 1 it is. Null without a test. */
  excess: z.number().nullable(),
  drifted: z.boolean(),
  /** In plain words. */
  reason: z.string(),
  /** Shares of rows without a value; a difference above the threshold is drift too. */
  missing: z.object({ reference: share, window: share, threshold: share }),
  /** Values that the reference does not have; null for numbers, and where the reference has too many to know. */
  unseen: z.object({ rows: z.int(), share, values: z.array(z.string()) }).nullable(),
  /** Population stability index over tenths of the reference; null unless it was asked for. */
  psi: z.number().nullable(),
  /** Shares of the values, by bin or category. */
  histogram: z.object({ labels: z.array(z.string()), reference: z.array(share), window: z.array(share) }),
});

export const driftSchema = z.object({
  /** The version whose reference it is. */
  version: z.int(),
  dataset: z.string(),
  rows: z.object({ reference: z.int(), window: z.int() }),
  /** From where on the rows are looked at: few periods of a series say nothing, so that it may lie before the window. */
  from: z.iso.datetime(),
  /** The cycle, or steps of the season, that the reference was matched by; null for the whole reference. */
  season: z.union([z.enum(CYCLES), z.int()]).nullable(),
  /** The most drifted first, at most a hundred. */
  features: z.array(columnDriftSchema),
  /** Features, or series, that could be compared, and those of them that drifted. */
  tested: z.int(),
  drifted: z.int(),
  /** Null where nothing could be compared. */
  share: share.nullable(),
  /** The share from which on the whole counts as drifted. */
  threshold: share,
  datasetDrift: z.boolean(),
  /**
   * What the version predicted, against its predictions on the test part; of forecasts, how far they are from what is
   * usual. Null where that is not known.
   */
  prediction: columnDriftSchema.nullable(),
  /** Of forecasts: series that the reference does not have, and those that the window does not. */
  series: z.object({ appeared: z.array(z.string()), vanished: z.array(z.string()) }).nullable(),
});

export type ColumnDrift = z.output<typeof columnDriftSchema>;
export type DriftRecord = z.output<typeof driftSchema>;
