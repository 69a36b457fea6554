import type { Measures } from '../../evaluation/measures.ts';
import type { MetricName } from '../../spec/metrics.ts';
import { calibrated } from '../estimated/calibrate-probabilities.ts';
import type { Confidence } from '../estimated/confidence.ts';
import { expectedErrors } from '../estimated/errors-by-prediction.ts';
import { estimateOf } from '../estimated/estimate-of.ts';
import { expectedMeasures } from '../estimated/expected-measures.ts';
import type { Estimate } from '../monitoring-record.ts';
import { pickRows } from './join-answers.ts';

/**
 * What a metric is estimated to be for predictions whose truth need not be known.
 * @returns undefined where there is nothing to estimate from, or the metric cannot be estimated.
 */
export function estimateRows(
  confidence: Confidence | null,
  outputs: readonly Float64Array[],
  metric: MetricName,
  testError: number | null,
): Estimate | undefined {
  const all = Array.from({ length: outputs[0]?.length ?? 0 }, (_, row) => row);
  const said = all.filter(row => outputs.every(column => Number.isFinite(column[row])));
  if (confidence === null || said.length === 0) return undefined;
  const measures = expected(confidence, pickRows(outputs, said), said.length);
  return estimateOf(confidence.method, measures, { metric, testError, predictions: said.length });
}

function expected(confidence: Confidence, outputs: readonly Float64Array[], rows: number): Measures {
  if (confidence.method === 'calibrated-probabilities')
    return expectedMeasures(outputs, calibrated(confidence, outputs), rows);
  if (confidence.method === 'errors-by-prediction')
    return expectedErrors(confidence, outputs[0] ?? new Float64Array(0));
  return {};
}
