import * as z from 'zod';

/**
 * What a model's own words are worth, as the part that it was not trained on showed: what an estimate of its
 * performance rests on where there is no ground truth.
 */
export const confidenceSchema = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('calibrated-probabilities'),
    /** For each class that is judged (of two the second), the line through the logits: intercept and slope. */
    lines: z.array(z.object({ intercept: z.number(), slope: z.number() })),
  }),
  z.object({
    method: z.literal('errors-by-prediction'),
    /** Bins of predictions, ascending by `upTo`; the last one has no upper end. Mean errors of each. */
    bins: z.array(
      z.object({
        upTo: z.number().nullable(),
        rows: z.int(),
        absolute: z.number(),
        squared: z.number(),
        quantile_loss: z.number(),
      }),
    ),
  }),
  z.object({
    method: z.literal('interval-widths'),
    /** Absolute errors over half widths of the 80 % interval on the test part, and squares over squares. */
    absolute: z.number(),
    squared: z.number(),
  }),
]);

export type Confidence = z.output<typeof confidenceSchema>;
export type ConfidenceOf<M extends Confidence['method']> = Extract<Confidence, { method: M }>;
