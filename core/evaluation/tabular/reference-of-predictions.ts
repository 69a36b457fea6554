import type { ExamplesPart } from '../../data/dataset/read-examples.ts';
import type { Column } from '../../data/features/columns.ts';
import { sketchColumn } from '../../monitoring/drift/sketch-column.ts';
import { calibrateProbabilities } from '../../monitoring/estimated/calibrate-probabilities.ts';
import type { Confidence } from '../../monitoring/estimated/confidence.ts';
import { errorsByPrediction } from '../../monitoring/estimated/errors-by-prediction.ts';
import type { PredictionReference } from '../../monitoring/prediction-reference.ts';
import { predictionColumn } from '../../monitoring/rows/prediction-column.ts';
import type { MetricName } from '../../spec/metrics.ts';
import type { Question } from '../../training/tabular/question.ts';
import type { Predictor } from '../../training/tabular/tabular-method.ts';
import { drawnMetric } from './measure-predictions.ts';
import { metricInterval } from './metric-interval.ts';

/**
 * What monitoring will compare the predictions of a model with: their distribution and the interval of the monitored
 * metric on the test part, and what its words were worth on the validation part, which it did not learn from.
 * @param o.order Rows of the test part in the order of time.
 */
export async function referenceOfPredictions(o: {
  readonly question: Question;
  readonly predictor: Predictor;
  readonly test: ExamplesPart;
  readonly outputs: readonly Float64Array[];
  readonly order: Uint32Array;
  readonly validation: ExamplesPart;
  readonly metric: MetricName;
}): Promise<Pick<PredictionReference, 'predictions' | 'interval' | 'confidence'>> {
  const { question, test, outputs } = o;
  const column = ordered(predictionColumn(question, outputs, test.rows), o.order);
  const drawn = drawnMetric(question, o.metric, outputs, test.target);
  return {
    predictions: { name: column.name, sketch: sketchColumn(column) },
    interval: (drawn && metricInterval(o.metric, drawn, test.rows)) ?? null,
    confidence: confidenceOf(
      question,
      await o.predictor.predict(o.validation.columns, o.validation.rows),
      o.validation,
    ),
  };
}

const ordered = (column: Column, order: Uint32Array): Column =>
  column.kind === 'numeric'
    ? { ...column, values: Float64Array.from(order, row => column.values[row] ?? Number.NaN) }
    : { ...column, codes: Int32Array.from(order, row => column.codes[row] ?? -1) };

function confidenceOf(
  question: Question,
  outputs: readonly Float64Array[],
  { target }: ExamplesPart,
): Confidence {
  if (question.task === 'classification') return calibrateProbabilities(outputs, target);
  return errorsByPrediction(outputs[0] ?? new Float64Array(0), target, question.quantile);
}
