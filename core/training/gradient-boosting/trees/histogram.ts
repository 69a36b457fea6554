import type { BinnedFeature } from '../binning/binned-data.ts';
import type { Totals } from './split.ts';

/**
 * Sums over the examples of a node, per feature and bin. With a constant second derivative a bin is
 * [Σ gradient, Σ weight], else [Σ gradient, Σ second derivative, Σ weight].
 */
export type Histogram = Float64Array;

/** Where features lie in a histogram. */
export interface HistogramLayout {
  /** Numbers per bin, 2 or 3. */
  readonly stride: number;
  /** First number of each feature. */
  readonly offsets: readonly number[];
  /** First of the numbers that mean nothing: room for one feature that is counted twice. */
  readonly spare: number;
  /** Numbers altogether. */
  readonly size: number;
}

export function layoutOf(features: readonly BinnedFeature[], constantHessian: boolean): HistogramLayout {
  const stride = constantHessian ? 2 : 3;
  const offsets: number[] = [];
  let size = 0;
  for (const { count } of features) {
    offsets.push(size);
    size += count * stride;
  }
  const widest = Math.max(...features.map(({ count }) => count));
  return { stride, offsets, spare: size, size: size + widest * stride };
}

/** The part of a node's histogram that is about one feature. */
export interface FeatureHistogram {
  readonly feature: number;
  readonly histogram: Histogram;
  readonly stride: number;
  /** First number of the feature. */
  readonly offset: number;
  /** Bins, the one of missing values, which is the last, included. */
  readonly bins: number;
}

/** The sums of one bin. */
export function totalsAt({ histogram, offset, stride }: FeatureHistogram, bin: number): Totals {
  const at = offset + bin * stride;
  return {
    gradient: histogram[at] ?? 0,
    // With two numbers per bin, the second derivative is the weight.
    hessian: histogram[at + 1] ?? 0,
    weight: histogram[at + stride - 1] ?? 0,
  };
}

/** Where the bins of a feature are added up. */
export interface Place {
  readonly bins: Uint8Array;
  /** First number of the feature in the histogram. */
  readonly offset: number;
}

/**
 * Adds up gradients and weights of two features, always in the order of the rows: sums repeat to the last bit. Two at a
 * time share what is read per row, and the processor need not wait for a bin that has just been written.
 * @param gradient In the order of `rows`, as are the weights.
 */
export function accumulatePairs(
  histogram: Histogram,
  [a, b]: readonly [Place, Place],
  rows: Int32Array,
  gradient: Float64Array,
  weight: Float64Array,
): void {
  const [binsA, binsB] = [a.bins, b.bins];
  const [offsetA, offsetB] = [a.offset, b.offset];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    const g = gradient[i] ?? 0;
    const w = weight[i] ?? 0;
    const atA = offsetA + 2 * (binsA[row] ?? 0);
    histogram[atA] = (histogram[atA] ?? 0) + g;
    histogram[atA + 1] = (histogram[atA + 1] ?? 0) + w;
    const atB = offsetB + 2 * (binsB[row] ?? 0);
    histogram[atB] = (histogram[atB] ?? 0) + g;
    histogram[atB + 1] = (histogram[atB + 1] ?? 0) + w;
  }
}

/** As `accumulatePairs`, with second derivatives. */
export function accumulateTriples(
  histogram: Histogram,
  [a, b]: readonly [Place, Place],
  rows: Int32Array,
  gradient: Float64Array,
  hessian: Float64Array,
  weight: Float64Array,
): void {
  const [binsA, binsB] = [a.bins, b.bins];
  const [offsetA, offsetB] = [a.offset, b.offset];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    const g = gradient[i] ?? 0;
    const h = hessian[i] ?? 0;
    const w = weight[i] ?? 0;
    const atA = offsetA + 3 * (binsA[row] ?? 0);
    histogram[atA] = (histogram[atA] ?? 0) + g;
    histogram[atA + 1] = (histogram[atA + 1] ?? 0) + h;
    histogram[atA + 2] = (histogram[atA + 2] ?? 0) + w;
    const atB = offsetB + 3 * (binsB[row] ?? 0);
    histogram[atB] = (histogram[atB] ?? 0) + g;
    histogram[atB + 1] = (histogram[atB + 1] ?? 0) + h;
    histogram[atB + 2] = (histogram[atB + 2] ?? 0) + w;
  }
}

/** Turns the histogram of a node into that of one child, given the other's: half of the work is saved. */
export function subtract(from: Histogram, histogram: Histogram): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] ?? 0) - (histogram[i] ?? 0);
}
