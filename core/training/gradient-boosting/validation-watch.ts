import type { BinnedExamples } from './binning/binned-data.ts';
import type { Loss } from './losses/loss.ts';
import { wholeSample } from './sampling.ts';
import { addToOthers } from './trees/add-tree.ts';
import type { GrownTree } from './trees/grow-tree.ts';

/** Follows the loss on validation examples round by round. */
export class ValidationWatch {
  readonly #examples: BinnedExamples;
  readonly #loss: Loss;
  readonly #patience: number;
  readonly #raw: Float64Array[];
  readonly #rows: Int32Array;
  readonly #losses: number[] = [];
  #best: { readonly rounds: number; readonly loss: number };

  /**
   * @param start Raw predictions before the first round.
   * @param patience Rounds without a lower loss after which it is time to stop; 0 for never.
   */
  constructor(examples: BinnedExamples, loss: Loss, start: Float64Array, patience: number) {
    this.#examples = examples;
    this.#loss = loss;
    this.#patience = patience;
    this.#raw = rawPredictions(start, examples.target.length);
    this.#rows = wholeSample(examples.target.length).drawn;
    this.#best = { rounds: 0, loss: loss.mean(this.#raw, examples) };
  }

  add(tree: GrownTree, values: Float64Array, output: number): void {
    const raw = this.#raw[output];
    if (raw !== undefined) addToOthers(tree, values, this.#examples.data, this.#rows, raw);
  }

  endRound(): void {
    const loss = this.#loss.mean(this.#raw, this.#examples);
    const rounds = this.#losses.push(loss);
    if (loss < this.#best.loss) this.#best = { rounds, loss };
  }

  get isTimeToStop(): boolean {
    return this.#patience > 0 && this.#losses.length - this.#best.rounds >= this.#patience;
  }

  /** Rounds to keep: up to the lowest loss when it may stop early, else all. */
  get rounds(): number {
    return this.#patience > 0 ? this.#best.rounds : this.#losses.length;
  }

  /** The mean loss after each round. */
  get losses(): Float64Array {
    return Float64Array.from(this.#losses);
  }
}

/** The raw predictions of every example before the first round, one array per output. */
export const rawPredictions = (start: Float64Array, examples: number): Float64Array[] =>
  Array.from(start, value => new Float64Array(examples).fill(value));
