import * as z from 'zod';
import { columnStatisticsSchema } from '../accepted-parts.ts';

/** At most this many offending rows are shown per rule. */
export const EXAMPLES = 20;

export const violationSchema = z.object({
  /** What was broken, such as `delay.max`, `date.required`, `rows.min`, `file.unreadable`. */
  rule: z.string(),
  /** What the contract asks for, in words. */
  expected: z.string(),
  /** What the file holds, in words. */
  found: z.string(),
  /** Rows that broke the rule; 0 when the rule is about the file. */
  rows: z.int(),
  /** The first offending rows: the line of a text file, the number of the row in a Parquet file, from 1. */
  examples: z.array(z.object({ row: z.int(), value: z.string().nullable() })).max(EXAMPLES),
  /** What to do next. */
  advice: z.string(),
});

export type Violation = z.output<typeof violationSchema>;
export type Example = Violation['examples'][number];

const rowCounts = z.object({ read: z.int(), accepted: z.int(), rejected: z.int() });

export type RowCounts = z.output<typeof rowCounts>;

/** The report of a file that was quarantined, of which rows were left out, or that was accepted with warnings. */
export const uploadReportSchema = z.object({
  model: z.string(),
  table: z.string(),
  file: z.string(),
  /** SHA-256 of the uploaded bytes. */
  sha256: z.string(),
  /** Bytes of the upload. */
  size: z.int(),
  /** Key of the upload. */
  key: z.string(),
  /** ISO 8601 in UTC. */
  time: z.iso.datetime(),
  accepted: z.boolean(),
  rows: rowCounts,
  reasons: z.array(violationSchema).readonly(),
  warnings: z.array(violationSchema).readonly(),
  /** The part accepted before this file; null for the first one. */
  previous: z.object({ file: z.string(), acceptedAt: z.iso.datetime(), rows: z.int() }).nullable(),
  /** Rows that `columns` is about. */
  described: z.int(),
  /** What could be read of each column, beside the previous part's. */
  columns: z.record(
    z.string(),
    z.object({ now: columnStatisticsSchema, previous: columnStatisticsSchema.nullable() }),
  ),
});

export type UploadReport = z.output<typeof uploadReportSchema>;

export interface UploadVerdict {
  readonly table: string;
  readonly file: string;
  /** SHA-256 of the uploaded bytes. */
  readonly sha256: string;
  readonly accepted: boolean;
  /** SHA-256 of the accepted Parquet file, which is also its key. */
  readonly part?: string;
  readonly rows: RowCounts;
  /** Broken rules of severity `error`. */
  readonly reasons: readonly Violation[];
  /** Broken rules of severity `warn`, and what was tolerated or left out. */
  readonly warnings: readonly Violation[];
  /** Keys of the report: in quarantine where rows were rejected, beside the part where all were accepted with warnings. */
  readonly report?: { readonly json: string; readonly html: string };
}

/** A violation that is about the file as a whole. */
export const fileViolation = (
  rule: string,
  expected: string,
  found: string,
  advice: string,
  examples: Example[] = [],
): Violation => ({ rule, expected, found, rows: 0, examples, advice });

/** The file cannot be read at all, for a reason that can be named. */
export class UnreadableUpload extends Error {
  override readonly name = 'UnreadableUpload';
  readonly violation: Violation;
  constructor(violation: Violation, options?: ErrorOptions) {
    super(`${violation.rule}: ${violation.found}`, options);
    this.violation = violation;
  }
}
