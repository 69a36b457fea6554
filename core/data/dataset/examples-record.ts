import * as z from 'zod';
import { perPart, sourceSchema, timeRangeSchema } from './dataset-record.ts';

const share = z.number();
const kind = z.enum(['number', 'category']);

/**
 * `dataset.json` of a tabular task: all that is needed to build the dataset again, and nothing that changes when it
 * is. It is written last: where it is, the dataset is whole.
 */
export const examplesRecordSchema = z.object({
  id: z.string(),
  model: z.string(),
  task: z.enum(['regression', 'classification']),
  /** Digest of what the spec says about data. */
  specDigest: z.string(),
  /** Accepted parts that it was built from, by table and hash. */
  sources: z.array(sourceSchema),
  split: z.discriminatedUnion('by', [
    z.object({ by: z.literal('time'), ranges: perPart(timeRangeSchema) }),
    z.object({ by: z.enum(['hash', 'group']), columns: z.array(z.string()), validation: share, test: share }),
  ]),
  rows: perPart(z.int()),
  /** Rows of the base table that are no examples, because target or time are missing. */
  dropped: z.object({ withoutTarget: z.int(), withoutTime: z.int() }),
  /** SHA-256 of the Parquet file of each part. */
  files: perPart(z.string()),
  /** Columns of the Parquet files, in their order. */
  columns: z.object({
    /** What names an example, and the column of the base table that it is. */
    id: z.array(z.object({ name: z.string(), column: z.string() })),
    /** TIMESTAMP; absent where the base table has no time. */
    time: z.string().optional(),
    /** VARCHAR: what a split by group keeps together; absent of any other split. */
    group: z.string().optional(),
    /** DOUBLE for numbers, VARCHAR for categories. */
    features: z.array(z.object({ name: z.string(), kind })),
    /** DOUBLE, or VARCHAR with one of the classes. */
    target: z.object({ name: z.string(), kind, classes: z.array(z.string()).optional() }),
  }),
});

export type ExamplesRecord = z.output<typeof examplesRecordSchema>;
