import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { durationOf } from '../../../core/spec/schema.ts';
import type { ForecastingMethod } from '../../../core/training/forecasting-method.ts';
import { methodOf } from '../../../core/training/trainers.ts';
import { bundleHandlers, writeBundle } from '../../../lib/functions/bundle-handlers.ts';
import { HANDLERS } from '../../../lib/functions/handlers.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('a bundle finds its thread beside it, which takes a share of the series', async () => {
  const { threads, packageFiles } = HANDLERS.trainCandidate;
  const entry = 'core/training/mstl.ts';
  const directory = temporaryDirectory();
  writeBundle(directory, bundleHandlers([entry, ...threads]), { entry, threads, packageFiles });
  const bundled: { mstl: ForecastingMethod } = await import(pathToFileURL(join(directory, 'index.mjs')).href);

  const start = new Date('2026-01-01T00:00:00Z');
  const series = Array.from({ length: 60 }, (_, i) => ({
    key: [String(i)],
    start,
    values: Float64Array.from({ length: 400 }, (_, day) => (day % 7) * 10 + ((day * 31 + i * 17) % 9)),
  }));
  const options = {
    ...{ season: [7], horizon: 7, seed: 1, every: durationOf('1 day') },
    hyperparameters: { transform: 'none' },
  };
  const expected = methodOf('forecasting', 'mstl').fit(series, options).forecast(7);
  // The event of that fit's own thread comes a moment later.
  await new Promise(resolve => setTimeout(resolve, 100));
  const workers: Worker[] = [];
  const note = (worker: Worker): number => workers.push(worker);
  process.on('worker', note);
  // Milliseconds of work: a thread whose file is missing never has any.
  const busy = (): number[] =>
    workers.map(worker => worker.performance.eventLoopUtilization().active).filter(active => active > 20);
  const helpers = Math.min(availableParallelism(), 2) - 1;
  // On a busy machine a thread may not have begun before a fit is done.
  await eventually(() => {
    expect(bundled.mstl.fit(series, options).forecast(7)).toEqual(expected);
    expect(busy()).toHaveLength(helpers);
  });
  process.off('worker', note);

  expect(workers).toHaveLength(helpers);
  await Promise.all(workers.map(worker => worker.terminate()));
});
