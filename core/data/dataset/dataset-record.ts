import * as z from 'zod';
import { dataKeys } from '../../storage/layout.ts';
import { type Grid, gridStep } from '../series/grid.ts';

/** Parts of a dataset, in the order of time. */
export const PARTS = ['train', 'validation', 'test'] as const;
export type PartName = (typeof PARTS)[number];

const moment = z.iso.datetime();
/** Half open: `from` is in, `to` is not. */
export const timeRangeSchema = z.object({ from: moment, to: moment });
export const perPart = <T extends z.ZodType>(item: T) =>
  z.object({ train: item, validation: item, test: item });

/** An accepted part. */
export const sourceSchema = z.object({ table: z.string(), sha256: z.string(), rows: z.int() });

/**
 * `dataset.json`: all that is needed to build the dataset again. It holds facts of the content only, no time of the
 * build and no machine, so that building twice writes the same bytes. It is written last: where it is, the dataset
 * is whole.
 */
export const datasetRecordSchema = z.object({
  id: z.string(),
  model: z.string(),
  task: z.literal('forecasting'),
  /** Digest of what the spec says about data. */
  specDigest: z.string(),
  /** Accepted parts that it was built from, by table and hash. */
  sources: z.array(sourceSchema),
  grid: z.object({
    /** Step, as the spec writes it. */
    every: z.string(),
    /** Zone whose days, weeks or months the periods are; UTC without it. */
    timezone: z.string().optional(),
    /** Start of the first period. */
    start: moment,
    /** End of the last period. */
    end: moment,
    /** Periods from start to end. */
    steps: z.int(),
    /** A last period whose data evidently ended early, and was left out. */
    incomplete: timeRangeSchema.extend({ rows: z.int() }).optional(),
  }),
  split: perPart(timeRangeSchema),
  /** Rows per part: one per series and step. */
  rows: perPart(z.int()),
  /** SHA-256 of the Parquet file of each part. */
  files: perPart(z.string()),
  series: z.int(),
  /** Columns of the Parquet files: those of the key, as text, then time and value. */
  columns: z.object({ key: z.array(z.string()), time: z.string(), value: z.string() }),
});

export type DatasetRecord = z.output<typeof datasetRecordSchema>;
export type TimeRange = z.output<typeof timeRangeSchema>;

/** The time grid of a dataset. */
export const gridOf = ({ grid }: DatasetRecord): Grid => ({
  every: gridStep(grid.every, grid.timezone),
  start: new Date(grid.start),
  steps: grid.steps,
});

/** Key of the Parquet file of a part. */
export const partKey = ({ model, id }: Pick<DatasetRecord, 'model' | 'id'>, part: PartName): string =>
  dataKeys.dataset(model, id, `${part}.parquet`);

/** A value for each part. */
export const mapParts = <T>(of: (part: PartName) => T): Record<PartName, T> => ({
  train: of('train'),
  validation: of('validation'),
  test: of('test'),
});
