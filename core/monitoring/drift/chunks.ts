import { compareSample, missingShareOf } from './compare-sample.ts';
import { rowsOf, type Sample, sliceOf } from './sample.ts';
import type { ChunkStatistics, Sketch } from './sketch-record.ts';

/** Of fewer values no distribution can be told. */
export const LEAST_VALUES = 5;

/** From each size of a chunk to the next. */
const GROWTH = 3;

/** Fewer chunks say nothing of how chunks differ. */
const LEAST_CHUNKS = 5;

/** Chunks of one size: enough for mean and standard deviation, more of small ones, which vary most and cost least. */
const MANY_CHUNKS = 20;
const MOST_CHUNKS = 100;
const MOST_ROWS = 10_000;

/** Sizes of chunks that a reference of so many rows is cut into: windows of any size find one that is close. */
export function chunkSizes(rows: number): number[] {
  const largest = Math.floor(rows / LEAST_CHUNKS);
  const sizes: number[] = [];
  for (let size = LEAST_VALUES; size < largest; size *= GROWTH) sizes.push(size);
  return largest < LEAST_VALUES ? [] : [...sizes, largest];
}

/**
 * How far chunks of the reference are from the whole of it, for chunks of several sizes, evenly spread over the rows:
 * what may happen to a window of that size although nothing has changed.
 *
 * Source: NannyML's documentation, "Thresholds" (mean and standard deviations over chunks of the reference).
 * @param sample Of the reference, in the order of time.
 * @param dependent As for `compareSample`.
 */
export function measureChunks(
  sketch: Sketch,
  sample: Sample,
  cells: Int32Array | undefined,
  dependent = false,
): ChunkStatistics[] {
  const rows = rowsOf(sample);
  const share = missingShareOf(sample);
  return chunkSizes(rows).flatMap(size => {
    const many = Math.min(MOST_CHUNKS, Math.max(MANY_CHUNKS, Math.floor(MOST_ROWS / size)));
    const count = Math.min(many, Math.floor(rows / size));
    const starts = Array.from({ length: count }, (_, i) => Math.floor((i * (rows - size)) / (count - 1)));
    const parts = starts.map(from => ({
      part: sliceOf(sample, from, from + size),
      own: cells?.subarray(from, from + size),
    }));
    const distances = parts.flatMap(
      ({ part, own }) => compareSample(sketch, part, own, dependent)?.distance ?? [],
    );
    if (distances.length < LEAST_CHUNKS) return [];
    const missing = parts.map(({ part }) => Math.abs(missingShareOf(part) - share));
    return { rows: size, distance: spreadOf(distances), missing: spreadOf(missing) };
  });
}

/** Mean and standard deviation (of a sample, divisor n − 1). */
export function spreadOf(values: readonly number[]): ChunkStatistics['distance'] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}

/** The statistics of the largest chunks that a window of so many rows is not smaller than; undefined without any. */
export const chunksFor = ({ chunks }: Sketch, rows: number): ChunkStatistics | undefined =>
  chunks.findLast(chunk => chunk.rows <= rows);

/** Mean + 3 SD: what chunks hardly ever exceed. */
export const boundOf = ({ mean, sd }: ChunkStatistics['distance']): number => mean + 3 * sd;
