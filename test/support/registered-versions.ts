import { claimNumber, type ForecastingVersion, versionSchema } from '../../core/registry/versions.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { ofForecasts } from './forecasting-loop.ts';

const measures = {
  ...{ mase: 0.5, rmsse: 1, smape: 1, wape: 1, rmse: 1, bias: 0 },
  ...{ points: 1, series: 1, unscaled: 0 },
};

/** What a version of the model `m` says before it has a number. */
export function versionFacts(
  run: string,
  dataEnd = '2026-01-31T00:00:00.000Z',
): Omit<ForecastingVersion, 'version'> {
  const { version: _, ...rest } = ofForecasts(
    versionSchema.parse({
      ...{ model: 'm', version: 1, run, dataset: `dataset of ${run}`, dataEnd },
      ...{ time: '2026-02-01T00:00:00.000Z', codeDigest: 'c', reason: 'r' },
      recipe: { trainer: 'mstl', hyperparameters: {}, season: [7], horizon: 14, seed: 1 },
      ...{ task: 'forecasting', artifacts: {}, metrics: { validation: measures, test: measures } },
    }),
  );
  return rest;
}

/** Registers versions 1, 2, … of the model `m`, each built on data until a day of January 2026. */
export async function registerVersions(models: ObjectStore, days: readonly number[]): Promise<void> {
  for (const [i, day] of days.entries())
    await claimNumber(
      models,
      versionFacts(`run-${i}`, `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`),
    );
}
