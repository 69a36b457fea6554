import { valueAt } from '../../../data/series.ts';

/**
 * A series as it is known so far, NaN where a value is missing. Means and deviations of any stretch cost the same
 * however long it is, and depend on nothing outside of it but the first known value.
 */
export class KnownSeries {
  /** Index of the first known value; Infinity while there is none. */
  #first = Number.POSITIVE_INFINITY;
  #length = 0;
  readonly #values: Float64Array;
  /** Element i sums up what comes before value i, as differences from the first known value: sums then stay exact. */
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #counts: Int32Array;

  /** @param room Values that may be appended. */
  constructor(values: Float64Array, room: number) {
    const size = values.length + room;
    this.#values = new Float64Array(size);
    this.#sums = new Float64Array(size + 1);
    this.#squares = new Float64Array(size + 1);
    this.#counts = new Int32Array(size + 1);
    for (const value of values) this.append(value);
  }

  get length(): number {
    return this.#length;
  }

  get first(): number {
    return this.#first;
  }

  /** NaN outside of the series. */
  at(index: number): number {
    return index < this.#length ? valueAt(this.#values, index) : Number.NaN;
  }

  append(value: number): void {
    const at = this.#length++;
    const known = Number.isFinite(value);
    if (known && at < this.#first) this.#first = at;
    this.#values[at] = known ? value : Number.NaN;
    const difference = known ? value - this.at(this.#first) : 0;
    this.#sums[at + 1] = (this.#sums[at] ?? 0) + difference;
    this.#squares[at + 1] = (this.#squares[at] ?? 0) + difference * difference;
    this.#counts[at + 1] = (this.#counts[at] ?? 0) + (known ? 1 : 0);
  }

  /** Known values in [from, to); `from` may lie before the beginning. */
  count(from: number, to: number): number {
    return between(this.#counts, from, to);
  }

  /** Mean of the known values in [from, to), NaN without any. */
  mean(from: number, to: number): number {
    return this.at(this.#first) + between(this.#sums, from, to) / this.count(from, to);
  }

  /** Standard deviation of the known values in [from, to), NaN without any. */
  deviation(from: number, to: number): number {
    const count = this.count(from, to);
    const mean = between(this.#sums, from, to) / count;
    const variance = between(this.#squares, from, to) / count - mean * mean;
    // Below zero only by rounding.
    return Math.sqrt(Math.max(variance, 0));
  }
}

/** NaN where the stretch ends after the sums do. */
const between = (sums: Float64Array | Int32Array, from: number, to: number): number =>
  (sums[to] ?? Number.NaN) - (sums[Math.max(from, 0)] ?? Number.NaN);
