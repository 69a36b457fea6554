import * as z from 'zod';
import { valueAt } from '../../data/series.ts';

/** Groups of a test part; fewer, where they would have less than so many rows. */
const GROUPS = 10;
const LEAST_ROWS = 10;

export const levelSchema = z.object({
  /** Lowest and highest prediction of the group. */
  from: z.number(),
  to: z.number(),
  rows: z.int(),
  /** Means over the group, in the unit of the target. */
  predicted: z.number(),
  observed: z.number(),
});

export type Level = z.output<typeof levelSchema>;

/**
 * Whether a regression hits the level wherever it predicts: groups of about equally many rows, from the lowest
 * predictions to the highest, with what was predicted and what happened on average. Equal predictions are in one group.
 * In truth equal means are calibration in the sense of Gneiting and Resin, "Regression Diagnostics Meets Forecast
 * Evaluation", Electronic Journal of Statistics 17 (2023) 3226-3286.
 */
export function levelsOf(predicted: Float64Array, observed: Float64Array): Level[] {
  const rows = predicted.length;
  const order = Array.from(predicted.keys()).sort((a, b) => valueAt(predicted, a) - valueAt(predicted, b));
  const groups = Math.max(1, Math.min(GROUPS, Math.floor(rows / LEAST_ROWS)));
  const levels: Level[] = [];
  let from = 0;
  for (let group = 1; group <= groups; group++) {
    let to = Math.round((group * rows) / groups);
    while (to < rows && valueAt(predicted, order[to] ?? 0) === valueAt(predicted, order[to - 1] ?? 0)) to++;
    // Equal predictions may have filled the group already.
    if (to <= from) continue;
    const own = order.slice(from, to);
    const mean = (values: Float64Array): number =>
      own.reduce((sum, row) => sum + valueAt(values, row), 0) / own.length;
    levels.push({
      ...{ from: valueAt(predicted, own[0] ?? 0), to: valueAt(predicted, own.at(-1) ?? 0), rows: own.length },
      ...{ predicted: mean(predicted), observed: mean(observed) },
    });
    from = to;
  }
  return levels;
}
