import type { BinnedData } from '../binning/binned-data.ts';
import type { Derivatives } from '../losses/loss.ts';
import {
  accumulatePairs,
  accumulateTriples,
  type FeatureHistogram,
  type Histogram,
  type HistogramLayout,
  layoutOf,
} from './histogram.ts';
import type { Totals } from './split.ts';

/** Builds histograms of nodes, one tree after the other, and reuses the memory that this takes. */
export class HistogramBuilder {
  readonly #data: BinnedData;
  readonly #weights: Float64Array | undefined;
  readonly #layout: HistogramLayout;
  readonly #constantHessian: boolean;
  readonly #gradient: Float64Array;
  readonly #hessian: Float64Array;
  readonly #weight: Float64Array;
  readonly #spare: Histogram[] = [];

  constructor(data: BinnedData, weights: Float64Array | undefined, constantHessian: boolean) {
    this.#data = data;
    this.#weights = weights;
    this.#constantHessian = constantHessian;
    this.#layout = layoutOf(data.features, constantHessian);
    this.#gradient = new Float64Array(data.examples);
    this.#hessian = new Float64Array(constantHessian ? 0 : data.examples);
    this.#weight = new Float64Array(data.examples).fill(1);
  }

  /** The sums over rows, in their order. */
  totals({ gradient, hessian }: Derivatives, rows: Int32Array): Totals {
    let gradients = 0;
    let hessians = 0;
    let weight = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? 0;
      gradients += gradient[row] ?? 0;
      hessians += hessian[row] ?? 0;
      weight += this.#weights === undefined ? 1 : (this.#weights[row] ?? 0);
    }
    return { gradient: gradients, hessian: hessians, weight };
  }

  /** The histogram of rows; features that are not asked for stay 0. */
  build(derivatives: Derivatives, rows: Int32Array, features: Int32Array): Histogram {
    this.#gather(derivatives, rows);
    const histogram = this.#spare.pop()?.fill(0) ?? new Float64Array(this.#layout.size);
    for (const feature of features) {
      const bins = this.#data.features[feature]?.bins ?? new Uint8Array(0);
      const offset = this.#layout.offsets[feature] ?? 0;
      if (this.#constantHessian) {
        accumulatePairs(histogram, offset, bins, rows, this.#gradient, this.#weight);
      } else {
        accumulateTriples(histogram, offset, bins, rows, this.#gradient, this.#hessian, this.#weight);
      }
    }
    return histogram;
  }

  /** A histogram that is not needed any more. */
  release(histogram: Histogram): void {
    this.#spare.push(histogram);
  }

  part(histogram: Histogram, feature: number): FeatureHistogram {
    return {
      feature,
      histogram,
      stride: this.#layout.stride,
      offset: this.#layout.offsets[feature] ?? 0,
      bins: this.#data.features[feature]?.count ?? 0,
    };
  }

  /** Derivatives in the order of the rows: fetched once per node in place of once per feature. */
  #gather({ gradient, hessian }: Derivatives, rows: Int32Array): void {
    for (let i = 0; i < rows.length; i++) this.#gradient[i] = gradient[rows[i] ?? 0] ?? 0;
    if (!this.#constantHessian) {
      for (let i = 0; i < rows.length; i++) this.#hessian[i] = hessian[rows[i] ?? 0] ?? 0;
    }
    const weights = this.#weights;
    if (weights === undefined) return;
    for (let i = 0; i < rows.length; i++) this.#weight[i] = weights[rows[i] ?? 0] ?? 0;
  }
}
