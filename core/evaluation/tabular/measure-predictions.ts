import type { MetricName } from '../../spec/metrics.ts';
import type { Question } from '../../training/tabular/question.ts';
import type { Measures } from '../measures.ts';
import { drawnClassification, measureClassification } from './classification.ts';
import type { Drawn } from './drawn.ts';
import { drawnRegression, measureRegression } from './regression.ts';

/**
 * How good predictions are, by the measures of their task.
 * @param outputs As a predictor gives them: numbers, or probabilities of each class.
 * @param target As examples have it: numbers, or indices of classes.
 */
export function measurePredictions(
  question: Question,
  outputs: readonly Float64Array[],
  target: Float64Array,
): Measures {
  if (question.task === 'classification') return measureClassification(outputs, target);
  return measureRegression(outputs[0] ?? new Float64Array(0), target, question.quantile);
}

/** A metric of predictions by how often each row is drawn; undefined where the task has no such metric. */
export function drawnMetric(
  question: Question,
  metric: MetricName,
  outputs: readonly Float64Array[],
  target: Float64Array,
): Drawn | undefined {
  const measures: Readonly<Record<string, Drawn>> =
    question.task === 'classification'
      ? drawnClassification(outputs, target)
      : drawnRegression(outputs[0] ?? new Float64Array(0), target, question.quantile);
  return measures[metric];
}
