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
  return { stride, offsets, size };
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

/**
 * Adds up gradients and weights of a feature, always in the order of the rows: sums repeat to the last bit.
 * @param gradient In the order of `rows`, as are the weights.
 */
export function accumulatePairs(
  histogram: Histogram,
  offset: number,
  bins: Uint8Array,
  rows: Int32Array,
  gradient: Float64Array,
  weight: Float64Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const at = offset + 2 * (bins[rows[i] ?? 0] ?? 0);
    histogram[at] = (histogram[at] ?? 0) + (gradient[i] ?? 0);
    histogram[at + 1] = (histogram[at + 1] ?? 0) + (weight[i] ?? 0);
  }
}

/** As `accumulatePairs`, with second derivatives. */
export function accumulateTriples(
  histogram: Histogram,
  offset: number,
  bins: Uint8Array,
  rows: Int32Array,
  gradient: Float64Array,
  hessian: Float64Array,
  weight: Float64Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const at = offset + 3 * (bins[rows[i] ?? 0] ?? 0);
    histogram[at] = (histogram[at] ?? 0) + (gradient[i] ?? 0);
    histogram[at + 1] = (histogram[at + 1] ?? 0) + (hessian[i] ?? 0);
    histogram[at + 2] = (histogram[at + 2] ?? 0) + (weight[i] ?? 0);
  }
}

/** Turns the histogram of a node into that of one child, given the other's: half of the work is saved. */
export function subtract(from: Histogram, histogram: Histogram): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] ?? 0) - (histogram[i] ?? 0);
}
