import { valueAt } from '../data/series.ts';
import type { MetricName } from '../spec/metrics.ts';
import type { Comparison } from './metrics.ts';

/**
 * A gate metric taken apart: for each series (row) and step (column) what it adds to the two sums whose quotient is
 * the metric, so that the metric of any selection of series and steps is Σ part / Σ whole, or its square root.
 * Cells without truth or forecast add nothing to either.
 */
export interface ErrorCells {
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly parts: Float64Array;
  readonly wholes: Float64Array;
}

/** The cells of two forecasts of one truth. Only points that both have a forecast for count, so that they are a pair. */
export function pairedCells(
  one: readonly Comparison[],
  other: readonly Comparison[],
  metric: MetricName,
): readonly [ErrorCells, ErrorCells] {
  const columns = Math.max(0, ...one.map(({ actual }) => actual.length));
  const kept = one.flatMap((left, i) => {
    const right = other[i];
    if (right === undefined || (metric === 'mase' && !(left.scale.absolute > 0))) return [];
    const steps = Array.from({ length: columns }, (_, step) => step).filter(step =>
      [left.actual, left.forecast, right.forecast].every(values => !Number.isNaN(valueAt(values, step))),
    );
    return steps.length === 0 ? [] : [{ left, right, steps }];
  });
  const cellsOf = (side: 'left' | 'right'): ErrorCells => {
    const parts = new Float64Array(kept.length * columns);
    const wholes = new Float64Array(kept.length * columns);
    for (const [row, pair] of kept.entries()) {
      for (const step of pair.steps) {
        const [part, whole] = cellOf(pair[side], step, metric, pair.steps.length);
        parts[row * columns + step] = part;
        wholes[row * columns + step] = whole;
      }
    }
    return { rows: kept.length, columns, parts, wholes };
  };
  return [cellsOf('left'), cellsOf('right')];
}

/** See `metrics.ts` for the definitions. Metrics that are means over series weigh the points of a series by their number. */
function cellOf(
  { actual, forecast, scale }: Comparison,
  step: number,
  metric: MetricName,
  points: number,
): readonly [number, number] {
  const happened = valueAt(actual, step);
  const expected = valueAt(forecast, step);
  const error = Math.abs(expected - happened);
  switch (metric) {
    case 'mase':
      return [error / scale.absolute / points, 1 / points];
    case 'smape':
      return [error === 0 ? 0 : (2 * error) / (Math.abs(expected) + Math.abs(happened)) / points, 1 / points];
    case 'wape':
      return [error, Math.abs(happened)];
    case 'rmse':
      return [error * error, 1];
    default:
      throw new TypeError(`${metric} is no metric of forecasts`);
  }
}

/** The metric of two sums. */
export const quotient = (metric: MetricName, part: number, whole: number): number =>
  metric === 'rmse' ? Math.sqrt(part / whole) : part / whole;
