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
  const workers: Worker[] = [];
  const note = (worker: Worker): number => workers.push(worker);
  process.on('worker', note);
  const forecasts = bundled.mstl.fit(series, options).forecast(7);
  await new Promise(resolve => setTimeout(resolve));
  process.off('worker', note);

  expect(forecasts).toEqual(methodOf('forecasting', 'mstl').fit(series, options).forecast(7));
  expect(workers).toHaveLength(Math.min(availableParallelism(), 2) - 1);
  for (const worker of workers) {
    // Milliseconds of work: a thread whose file is missing has none.
    expect(worker.performance.eventLoopUtilization().active).toBeGreaterThan(20);
    await worker.terminate();
  }
});
