import { loadExamples } from '../../data/dataset/load-dataset.ts';
import { type ExamplesPart, readExamples } from '../../data/dataset/read-examples.ts';
import type { Measures } from '../../evaluation/measures.ts';
import { measurePredictions } from '../../evaluation/tabular/measure-predictions.ts';
import type { TabularSpec } from '../../spec/schema.ts';
import { canonicalJson } from '../../storage/digest.ts';
import { TrainingError } from '../../telemetry/errors.ts';
import { type Calibration, calibrate } from '../conformal.ts';
import { MODEL_ARTIFACT } from '../model-artifact.ts';
import { readBrought } from '../onnx/brought-files.ts';
import { readScriptModel } from '../script/read-script-model.ts';
import type { Prepare } from '../trained-candidate.ts';
import { methodOf } from '../trainers.ts';
import { MODEL_FILE, type PredictorArtifact, sectionOf } from './predictor-artifact.ts';
import type { Question } from './question.ts';
import type { Predictor } from './tabular-method.ts';
import { tabularRecipeOf } from './tabular-recipe-of.ts';

/**
 * A candidate that predicts rows: it learns from the training part, is measured on the validation part, and leaves its
 * model.
 */
export const preparePredictor: Prepare<TabularSpec> = async request => {
  const { data, models, spec, dataset, candidate } = request;
  const record = await loadExamples(data, spec.name, dataset);
  const train = await readExamples(data, record, 'train');
  const validation = await readExamples(data, record, 'validation');
  const left =
    candidate.trainer === 'script'
      ? await readScriptModel(models, spec.name, request.result ?? {})
      : { bytes: await readBrought(models, spec.name, candidate), seconds: undefined };
  return async () => {
    if ('error' in left) throw left.error;
    const recipe = tabularRecipeOf(spec, record, candidate);
    const { trainer, question } = recipe;
    const lesson = { ...recipe, train, validation, ...(left.bytes && { brought: left.bytes }) };
    await using predictor = await methodOf('tabular', trainer).fit(lesson);
    const { measures, calibration } = await measure(predictor, question, validation);
    const artifact: PredictorArtifact = {
      ...{ recipe, calibration, features: record.columns.features },
      section: { ...sectionOf(spec), split: { ...spec.split } },
    };
    return {
      seconds: left.seconds,
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

/** Measures a model on the validation part; of a regression, its errors there give the widths of its intervals. */
async function measure(
  predictor: Predictor,
  question: Question,
  { columns, rows, target }: ExamplesPart,
): Promise<{ readonly measures: Measures; readonly calibration: Calibration | null }> {
  const outputs = await predictor.predict(columns, rows);
  if (outputs.some(values => values.some(value => !Number.isFinite(value)))) {
    throw new TrainingError('The model answers the validation part with values that are not finite.');
  }
  const [values] = outputs;
  return {
    measures: measurePredictions(question, outputs, target),
    calibration:
      question.task === 'regression' && values !== undefined
        ? calibrate([Array.from(values, (value, i) => Math.abs(value - (target[i] ?? Number.NaN)))])
        : null,
  };
}
