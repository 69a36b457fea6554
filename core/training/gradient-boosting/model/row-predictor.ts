import { PredictionError } from '../../../telemetry/errors.ts';
import { lossOf } from '../losses/loss-of.ts';
import type { BoostedModel } from './boosted-model.ts';
import { Forest } from './forest.ts';

/** A value of an example: a number, or the name of a category; null and undefined are missing, as NaN is. */
export type RowValue = number | string | null | undefined;

/** Predictions of single examples, their values in the order of the model's features. */
export interface RowPredictor {
  /** Raw predictions, one per output. */
  predictRaw(row: readonly RowValue[]): number[];
  /** One prediction, or the probability of each class. */
  predict(row: readonly RowValue[]): number[];
}

/** Prepares a model for predictions one by one; they equal those of `predict` over columns to the last bit. */
export function rowPredictor(model: BoostedModel): RowPredictor {
  const forest = new Forest(model.trees);
  const loss = lossOf(model.objective);
  const readers = model.features.map(readerOf);
  const values = new Float64Array(readers.length);
  const raw = new Float64Array(model.start.length);
  const predictions = new Float64Array(loss.predictions);
  const fillRaw = (row: readonly RowValue[]): void => {
    if (row.length !== readers.length) {
      throw new PredictionError(
        `The row has ${row.length} values; the model has ${readers.length} features.`,
      );
    }
    for (let i = 0; i < readers.length; i++) values[i] = readers[i]?.(row[i]) ?? Number.NaN;
    raw.set(model.start);
    for (let tree = 0; tree < forest.trees; tree++) {
      forest.addTree(tree, values, 0, raw, tree % raw.length, 1);
    }
  };
  return {
    predictRaw(row) {
      fillRaw(row);
      return [...raw];
    },
    predict(row) {
      fillRaw(row);
      loss.predict(raw, predictions);
      return [...predictions];
    },
  };
}

/** Reads a value of a feature as trees take it. */
function readerOf(feature: BoostedModel['features'][number]): (value: RowValue) => number {
  const { name } = feature;
  if (feature.kind === 'numeric') {
    return value => {
      if (typeof value === 'number') return value;
      if (value === null || value === undefined) return Number.NaN;
      throw new PredictionError(`The feature "${name}" is a number; the row has a text.`);
    };
  }
  const bins = new Map(feature.categories.map((category, bin) => [category, bin]));
  return value => {
    if (typeof value === 'string') return bins.get(value) ?? bins.size;
    if (value === null || value === undefined || Number.isNaN(value)) return bins.size;
    throw new PredictionError(`The feature "${name}" is a category; the row has the number ${value}.`);
  };
}
