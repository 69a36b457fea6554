import { readChallenger, readChampion, readProduction } from '../registry/production.ts';
import type { VersionRecord } from '../registry/versions.ts';
import { isTabular, type Spec } from '../spec/schema.ts';
import { learnedTable } from '../spec/stages.ts';
import { parseAcceptedKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { PredictionError } from '../telemetry/errors.ts';
import { answerRequest } from './answer-request.ts';
import { answerWithForecast } from './answer-with-forecast.ts';
import { answerWithPredictions } from './answer-with-predictions.ts';
import { forecastVersion, newestForecast } from './forecast-version.ts';

export interface BatchPrediction {
  /** The version that predicted; null where nothing had to be predicted. */
  readonly version: number | null;
  /** What was written, in the data bucket. */
  readonly keys: string[];
}

interface Stores {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
}

/**
 * Predictions of the version in production. Without a key: its forecast of the horizon that follows the data accepted by
 * now, and that of the version on trial beside it, or nothing for a tabular task. With one: the answer to the request
 * file of that key; or, of an accepted part, the forecast that continues it: nothing where the part is of another table,
 * or nothing is in production yet.
 * @throws PredictionError when nothing is in production, or the request cannot be answered.
 */
export async function predictBatch(
  o: Stores & { readonly spec: Spec; readonly time: string; readonly key?: string },
): Promise<BatchPrediction> {
  const { key, ...rest } = o;
  const part = key === undefined ? undefined : parseAcceptedKey(key);
  if (part !== undefined) return continued(rest, part.table);
  const version = await readChampion(o.models, o.spec.name);
  if (version === undefined) {
    throw new PredictionError(
      `No version of ${o.spec.name} is in production yet. Upload data and let a candidate pass the gate first.`,
    );
  }
  const keys = await keysOf(o, version, o, true);
  const challenger = o.key === undefined ? await readChallenger(o.models, o.spec.name) : undefined;
  if (challenger !== undefined) keys.push(...(await keysOf(o, challenger, o, false)));
  return { version: version.version, keys };
}

/** The forecasts after new data of a table. */
async function continued(
  o: Stores & { readonly spec: Spec; readonly time: string },
  table: string,
): Promise<BatchPrediction> {
  const forecasts = !isTabular(o.spec) && table === learnedTable(o.spec);
  const production = forecasts ? await readProduction(o.models, o.spec.name) : undefined;
  return production === undefined ? { version: null, keys: [] } : predictBatch(o);
}

/** What a version of one task says when the spec asks for another is no answer: the next version will be of the spec's. */
async function keysOf(
  stores: Stores,
  version: VersionRecord,
  { spec, time, key }: { readonly spec: Spec; readonly time: string; readonly key?: string },
  inForce: boolean,
): Promise<string[]> {
  if (version.task !== spec.task) {
    throw new PredictionError(
      `Version ${version.version} of ${spec.name} is in production and was made for the task ${version.task}; the spec ` +
        `says ${spec.task}. Upload data, so that a version for it can be trained.`,
    );
  }
  // Rows are predicted when they are asked for; forecasts need no question.
  if (version.task !== 'forecasting') {
    return key === undefined ? [] : answerWithPredictions(stores, version, key);
  }
  if (isTabular(spec)) return [];
  if (key === undefined) return forecastVersion(stores, spec, version, { time, inForce });
  const { forecast } = await newestForecast(stores, spec, version, time);
  return answerRequest({ data: stores.data, version, key }, answerWithForecast(spec, forecast));
}
