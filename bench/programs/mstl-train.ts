import { durationOf } from '../../core/spec/schema.ts';
import { train } from '../../core/training/forecasting/train-forecaster.ts';
import { seededRandom } from '../../core/training/seeded-random.ts';
import { timed } from './timed.ts';

/**
 * A whole run of an MSTL candidate on so many daily series of 500 points: fit, forecast of the validation part, metrics,
 * calibration of the intervals.
 */
const count = Number(process.argv[2]);
const days = { train: 472, validation: 486, test: 500 };
const random = seededRandom(7);
const start = new Date('2026-01-01T00:00:00Z');
const series = Array.from({ length: count }, (_, i) => ({
  key: [String(i)],
  start,
  values: Float64Array.from(
    { length: days.test },
    (_, day) => 100 + 20 * Math.sin((2 * Math.PI * day) / 7) + day / 10 + 5 * random(),
  ),
}));
const recipe = { trainer: 'mstl', hyperparameters: { transform: 'none' }, season: [7], horizon: 14, seed: 1 };
const parts = {
  train: { from: 0, to: days.train },
  validation: { from: days.train, to: days.validation },
  test: { from: days.validation, to: days.test },
};
const grid = { every: durationOf('1 day'), start, steps: days.test };
await timed(async () => train(recipe, { series, grid, parts }));
