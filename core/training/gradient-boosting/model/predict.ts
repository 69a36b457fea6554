import { PredictionError } from '../../../telemetry/errors.ts';
import { alignColumns } from '../align-columns.ts';
import { categoryBins } from '../binning/binned-data.ts';
import { type Column, lengthOf } from '../columns.ts';
import { lossOf } from '../losses/loss-of.ts';
import type { BoostedModel, Feature } from './boosted-model.ts';
import { Forest } from './forest.ts';

/** Examples that go through the trees together: their values and the nodes of a tree stay in the cache. */
const BLOCK = 512;

/**
 * Raw predictions, before the link: one array per output, one element per example.
 * @param columns Found by name; categories are too. Columns that the model does not know are left out.
 * @throws PredictionError when a feature has no column, or one of another kind or length.
 */
export function predictRaw(model: BoostedModel, columns: readonly Column[]): Float64Array[] {
  const aligned = alignColumns(columns, model.features, problem => new PredictionError(problem));
  const examples = checkedLength(aligned);
  const fillers = aligned.map((column, index) => fillerOf(column, model.features[index]));
  const forest = new Forest(model.trees);
  const outputs = Array.from(model.start, value => new Float64Array(examples).fill(value));
  const width = fillers.length;
  const block = new Float64Array(BLOCK * width);
  for (let from = 0; from < examples; from += BLOCK) {
    const length = Math.min(BLOCK, examples - from);
    for (const [index, fill] of fillers.entries()) fill(block, index, width, from, length);
    for (let tree = 0; tree < forest.trees; tree++) {
      const output = outputs[tree % outputs.length] ?? new Float64Array(0);
      forest.addTree(tree, block, width, output, from, length);
    }
  }
  return outputs;
}

/**
 * Predictions: for regression one array; for `logistic` and `softmax` one array of probabilities per class, which add
 * up to 1. One element per example.
 * @throws PredictionError as `predictRaw` does.
 */
export function predict(model: BoostedModel, columns: readonly Column[]): Float64Array[] {
  const raw = predictRaw(model, columns);
  const examples = raw[0]?.length ?? 0;
  const loss = lossOf(model.objective);
  const predictions = Array.from({ length: loss.predictions }, () => new Float64Array(examples));
  const ofOne = new Float64Array(raw.length);
  const into = new Float64Array(loss.predictions);
  for (let i = 0; i < examples; i++) {
    for (let output = 0; output < raw.length; output++) ofOne[output] = raw[output]?.[i] ?? Number.NaN;
    loss.predict(ofOne, into);
    for (let k = 0; k < into.length; k++) {
      const values = predictions[k];
      if (values !== undefined) values[i] = into[k] ?? Number.NaN;
    }
  }
  return predictions;
}

function checkedLength(columns: readonly Column[]): number {
  const [first, ...others] = columns;
  const length = first === undefined ? 0 : lengthOf(first);
  for (const column of others) {
    if (lengthOf(column) === length) continue;
    throw new PredictionError(
      `The columns "${first?.name}" and "${column.name}" have ${length} and ${lengthOf(column)} values.`,
    );
  }
  return length;
}

/** Writes the values of a feature for a block of examples, every `width` elements. */
type Filler = (block: Float64Array, at: number, width: number, from: number, length: number) => void;

function fillerOf(column: Column, feature: Feature | undefined): Filler {
  if (column.kind === 'numeric') {
    const { values } = column;
    return (block, at, width, from, length) => {
      for (let i = 0; i < length; i++) block[at + i * width] = values[from + i] ?? Number.NaN;
    };
  }
  const known = feature?.kind === 'categorical' ? feature.categories : [];
  const bins = categoryBins(column.categories, known);
  const { codes } = column;
  return (block, at, width, from, length) => {
    for (let i = 0; i < length; i++) block[at + i * width] = bins[codes[from + i] ?? -1] ?? known.length;
  };
}
