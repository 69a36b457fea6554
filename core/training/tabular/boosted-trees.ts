import * as z from 'zod';
import type { Column } from '../../data/features/columns.ts';
import { PredictionError, TrainingError } from '../../telemetry/errors.ts';
import { alignColumns } from '../gradient-boosting/align-columns.ts';
import {
  type BoostedModel,
  boostingHyperparameters,
  decodeModel,
  encodeModel,
  importance,
  type Objective,
  predict,
  type RowPredictor,
  type RowValue,
  rowPredictor,
  trainBoosting,
} from '../gradient-boosting/index.ts';
import type { Question } from './question.ts';
import { refuseUnlearnable } from './refuse-unlearnable.ts';
import type { Predictor, TabularMethod } from './tabular-method.ts';

const hyperparameters = z.strictObject({
  ...boostingHyperparameters.shape,
  /** What a regression minimizes, where no quantile is asked for. */
  objective: z.enum(['squared', 'absolute', 'poisson']).exactOptional(),
});

/** Trees that correct one another. */
export const boostedTrees: TabularMethod = {
  hyperparameters,
  async fit({ question, train, validation, seed, ...lesson }) {
    const { objective, ...settings } = hyperparameters.parse(lesson.hyperparameters);
    refuseUnlearnable({ question, train });
    const model = trainBoosting({
      ...{ columns: train.columns, target: train.target, seed, hyperparameters: settings },
      objective: objectiveOf(question, objective),
      ...(settings.early_stopping > 0 && {
        validation: { columns: validation.columns, target: validation.target },
      }),
    });
    return predictorOf(model);
  },
  decode: async bytes => predictorOf(decodeModel(bytes)),
};

function predictorOf(model: BoostedModel): Predictor {
  // Preparing a model for a single row costs more than the row; an endpoint is mostly asked for one.
  let single: RowPredictor | undefined;
  const predictOne = (columns: readonly Column[]): Float64Array[] => {
    single ??= rowPredictor(model);
    const row = alignColumns(columns, model.features, problem => new PredictionError(problem)).map(firstOf);
    return single.predict(row).map(value => Float64Array.of(value));
  };
  return {
    encode: () => encodeModel(model),
    predict: async (columns, rows) => (rows === 1 ? predictOne(columns) : predict(model, columns)),
    categories: new Map(
      model.features.flatMap((feature): [string, ReadonlySet<string>][] =>
        feature.kind === 'categorical' ? [[feature.name, new Set(feature.categories)]] : [],
      ),
    ),
    importance: () => importance(model).map(({ feature, gain }) => ({ feature, share: gain })),
    async [Symbol.asyncDispose]() {},
  };
}

const firstOf = (column: Column): RowValue =>
  column.kind === 'numeric' ? column.values[0] : column.categories[column.codes[0] ?? -1];

function objectiveOf(question: Question, asked: z.output<typeof hyperparameters>['objective']): Objective {
  const fixed = fixedObjective(question);
  if (fixed === undefined) return { kind: asked ?? 'squared' };
  if (asked === undefined) return fixed;
  throw new TrainingError(
    `The objective "${asked}" is one of a regression of the mean; the spec asks for ` +
      `${question.task === 'classification' ? 'classes' : 'a quantile'}, whose objective is "${fixed.kind}". Leave it out.`,
  );
}

/** The objective where the question leaves no choice. */
function fixedObjective(question: Question): Objective | undefined {
  if (question.task === 'classification') {
    const classes = question.classes.length;
    return classes === 2 ? { kind: 'logistic' } : { kind: 'softmax', classes };
  }
  return question.quantile === undefined ? undefined : { kind: 'quantile', level: question.quantile };
}
