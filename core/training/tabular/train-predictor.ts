import { loadExamples } from '../../data/dataset/load-dataset.ts';
import { type ExamplesPart, readExamples } from '../../data/dataset/read-examples.ts';
import type { Measures } from '../../evaluation/measures.ts';
import { measurePredictions } from '../../evaluation/tabular/measure-predictions.ts';
import type { TabularSpec } from '../../spec/schema.ts';
import { canonicalJson } from '../../storage/digest.ts';
import { TrainingError } from '../../telemetry/errors.ts';
import { type Calibration, calibrate } from '../conformal.ts';
import { MODEL_ARTIFACT } from '../model-artifact.ts';
import type { Prepare } from '../trained-candidate.ts';
import { methodOf } from '../trainers.ts';
import { MODEL_FILE, type PredictorArtifact, sectionOf } from './predictor-artifact.ts';
import type { Predictor } from './tabular-method.ts';
import type { TabularRecipe } from './tabular-recipe.ts';
import { tabularRecipeOf } from './tabular-recipe-of.ts';

/**
 * A candidate that predicts rows: it learns from the training part, is measured on the validation part, and leaves its
 * model. Of a regression, the errors of the validation part give the widths of its intervals.
 */
export const preparePredictor: Prepare<TabularSpec> = async ({ data, spec, dataset, candidate }) => {
  const record = await loadExamples(data, spec.name, dataset);
  const train = await readExamples(data, record, 'train');
  const validation = await readExamples(data, record, 'validation');
  return () => {
    const recipe = tabularRecipeOf(spec, record, candidate);
    const { predictor, measures, calibration } = learn(recipe, train, validation);
    const artifact: PredictorArtifact = {
      ...{ recipe, calibration, features: record.columns.features },
      section: { ...sectionOf(spec), split: { ...spec.split } },
    };
    return {
      artifacts: { [MODEL_FILE]: predictor.encode(), [MODEL_ARTIFACT]: canonicalJson(artifact) },
      outcome: {
        task: spec.task,
        metrics: { validation: measures },
        examples: train.rows,
        importance: predictor.importance(),
      },
    };
  };
};

/** The rules of a training run, without any store. */
export function learn(
  { trainer, hyperparameters, seed, question }: TabularRecipe,
  train: ExamplesPart,
  validation: ExamplesPart,
): { readonly predictor: Predictor; readonly measures: Measures; readonly calibration: Calibration | null } {
  const predictor = methodOf('tabular', trainer).fit({ question, train, validation, hyperparameters, seed });
  const outputs = predictor.predict(validation.columns, validation.rows);
  if (outputs.some(values => values.some(value => !Number.isFinite(value)))) {
    throw new TrainingError('The model answers the validation part with values that are not finite.');
  }
  const [values] = outputs;
  return {
    predictor,
    measures: measurePredictions(question, outputs, validation.target),
    calibration:
      question.task === 'regression' && values !== undefined
        ? calibrate([
            Array.from(values, (value, i) => Math.abs(value - (validation.target[i] ?? Number.NaN))),
          ])
        : null,
  };
}
