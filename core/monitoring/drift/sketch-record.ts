import * as z from 'zod';

/** A distribution of numbers as in `Points`: values ascending, and the weight of each. */
const points = z.object({ values: z.array(z.number()), weights: z.array(z.number()) });

/** Mean and standard deviation over chunks. */
const spread = z.object({ mean: z.number(), sd: z.number() });

/** How far chunks of the reference, each of so many consecutive rows, are from the whole of it. */
const chunksSchema = z.object({ rows: z.int(), distance: spread, missing: spread });

const common = {
  /** Rows of the reference, and how many of them have no value. */
  rows: z.int(),
  missing: z.int(),
  /** By the rows of a chunk, ascending; empty for a reference too small to be cut. */
  chunks: z.array(chunksSchema),
};

export const numberSketchSchema = z.object({
  ...common,
  kind: z.literal('number'),
  /** What distances are told in: the standard deviation, within the cells of the season where there is one. */
  sd: z.number(),
  overall: points,
  /** Of each cell of the season that has values; null without a season. */
  cells: z.array(points.extend({ cell: z.int() })).nullable(),
});

export const categorySketchSchema = z.object({
  ...common,
  kind: z.literal('category'),
  /** Different values of the reference: those in `categories`, and more where `others` is above 0. */
  distinct: z.int(),
  /** The most frequent values, most frequent first. */
  categories: z.array(z.string()),
  /** Rows of each, and of all other values together as the last. */
  counts: z.array(z.int()),
  cells: z.array(z.object({ cell: z.int(), counts: z.array(z.int()) })).nullable(),
});

/**
 * What is kept of a column of the reference. Its size is bounded, whatever the reference's is; up to 1,000 different
 * values it is exact.
 */
export const sketchSchema = z.discriminatedUnion('kind', [numberSketchSchema, categorySketchSchema]);

export type ChunkStatistics = z.output<typeof chunksSchema>;
export type NumberSketch = z.output<typeof numberSketchSchema>;
export type CategorySketch = z.output<typeof categorySketchSchema>;
export type Sketch = z.output<typeof sketchSchema>;

/** Values that are there. */
export const presentOf = ({ rows, missing }: Pick<Sketch, 'rows' | 'missing'>): number => rows - missing;
