import { parseDuration } from '../../core/spec/duration.ts';
import { makeForecasts } from '../../core/training/make-forecasts.ts';
import { seededRandom } from '../../core/training/seeded-random.ts';
import { checkedHyperparameters, methodOf } from '../../core/training/trainers.ts';
import { timed } from './timed.ts';

/** Fits 500 days of generated series, each with a level, a week and noise of its own, and forecasts 14 days. */
const [count = '', trainer = '', hyperparameters = '{}'] = process.argv.slice(2);
const every = parseDuration('1 day');
if (every === undefined) throw new Error('A day is a length of time.');
const start = new Date('2025-01-01T00:00:00Z');
const random = seededRandom(1);
const series = Array.from({ length: Number(count) }, (_, i) => {
  const level = 10 ** (1 + 3 * random());
  const week = Array.from({ length: 7 }, () => 0.5 + random());
  const values = Float64Array.from(
    { length: 500 },
    (_day, day) => level * (week[day % 7] ?? 1) * (1 + day / 1000) * (0.8 + 0.4 * random()),
  );
  return { key: [`series ${i}`], start, values };
});
const recipe = {
  ...{ trainer, season: [7], horizon: 14, seed: 1 },
  hyperparameters: {
    ...checkedHyperparameters(trainer, methodOf('forecasting', trainer), JSON.parse(hyperparameters)),
  },
};
await timed(async () => makeForecasts(recipe, { series, grid: { every, start, steps: 500 } }));
