import * as z from 'zod';

/**
 * The prediction log: what the endpoint answered, one JSON line per row and variant, and one per request that it
 * refused or failed at. Whoever watches production reads it through `readPredictionLog`.
 */

/** A line must fit into one event of CloudWatch Logs (262,144 bytes, of which 26 are its own), in bytes. */
const LONGEST_LINE = 250_000;

/** A longer text of a feature or an id is cut off: the log is for statistics, and no store of documents. */
const LONGEST_TEXT = 256;

const scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);

const variantSchema = z.enum(['champion', 'challenger', 'shadow']);

const common = {
  /** Tells these lines from all others in a log. */
  antei: z.literal('prediction'),
  /** ISO 8601 in UTC: when the request came. */
  time: z.iso.datetime(),
  model: z.string(),
  /** As the caller gave it, or the endpoint's own. */
  request: z.string(),
  /** Of the whole request, in the handler. */
  milliseconds: z.number(),
};

const bound = z.number().nullable().exactOptional();

export const answeredSchema = z.object({
  ...common,
  version: z.int(),
  /** `shadow`: computed for comparison, and not what the caller got. */
  variant: variantSchema,
  /** Position in the request, from 0. */
  row: z.int(),
  /** Values of `examples.id`, or of the series and the time, as far as the request has them. */
  id: z.record(z.string(), scalar),
  /** As the model saw them: numbers (0 and 1 for false and true), categories as text, null where missing. */
  features: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
  /** A number, or a class; null where a model gives none. */
  prediction: z.union([z.number(), z.string(), z.null()]),
  /** Of each class. */
  probabilities: z.record(z.string(), z.number().nullable()).exactOptional(),
  lower_80: bound,
  upper_80: bound,
  lower_95: bound,
  upper_95: bound,
  /** Features were left out, for the line would have been too long. */
  shortened: z.literal(true).exactOptional(),
});

export const refusedSchema = z.object({
  ...common,
  /** Null when there was none to answer. */
  version: z.int().nullable(),
  variant: variantSchema.nullable(),
  /** HTTP: 4xx refused, 5xx failed. */
  status: z.int(),
  error: z.object({ name: z.string(), message: z.string() }),
});

export const predictionLogSchema = z.union([answeredSchema, refusedSchema]);

export type AnsweredEntry = z.output<typeof answeredSchema>;
export type RefusedEntry = z.output<typeof refusedSchema>;
export type PredictionLogEntry = z.output<typeof predictionLogSchema>;

/** Whether an entry is about a row that was answered. */
export const isAnswered = (entry: PredictionLogEntry): entry is AnsweredEntry => !('error' in entry);

/** What makes a line the same as another: the log is delivered at least once. */
export const entryIdentity = (entry: PredictionLogEntry): string =>
  JSON.stringify([entry.request, isAnswered(entry) ? entry.row : 'error', entry.variant]);

/** The line of an entry, without its end. JSON, so that no value can begin another line. */
export function predictionLogLine(entry: PredictionLogEntry): string {
  const line = JSON.stringify(entry, (_, value: unknown) =>
    typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value,
  );
  if (!isAnswered(entry) || entry.shortened || Buffer.byteLength(line) <= LONGEST_LINE) return line;
  return predictionLogLine({ ...entry, features: {}, shortened: true });
}
