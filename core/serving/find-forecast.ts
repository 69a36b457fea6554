import type { ForecastingVersion } from '../registry/versions.ts';
import { dataKeys, parseForecastKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ObjectNotFoundError } from '../telemetry/errors.ts';
import { type ForecastRecord, forecastRecordSchema } from './forecast-record.ts';

export interface FoundForecast {
  readonly etag: string;
  readonly record: ForecastRecord;
}

/** A forecast that is not loaded yet. */
export interface ListedForecast {
  /** When its first period begins. */
  readonly start: Date;
  readonly load: () => Promise<ForecastRecord>;
}

const parse = (body: Buffer): ForecastRecord => forecastRecordSchema.parse(JSON.parse(body.toString()));

/** Forecasts of a version as they were first made, those that begin last first. */
export async function listForecasts(
  data: ObjectStore,
  { model, version }: Pick<ForecastingVersion, 'model' | 'version'>,
): Promise<ListedForecast[]> {
  const found: ListedForecast[] = [];
  for await (const { key } of data.list(dataKeys.forecasts(model, version))) {
    const start = parseForecastKey(key);
    if (start === undefined) continue;
    const load = async (): Promise<ForecastRecord> => {
      const object = await data.get(key);
      if (object === undefined) throw new ObjectNotFoundError(data.url, key);
      return parse(object.body);
    };
    found.push({ start: new Date(start), load });
  }
  return found.reverse();
}

/**
 * The latest forecast of a version, or undefined when it never wrote one.
 * @param known Etag of one that is at hand: `unchanged` means that it is still the latest.
 */
export async function findForecast(
  data: ObjectStore,
  { model, version }: Pick<ForecastingVersion, 'model' | 'version'>,
  known?: string,
): Promise<FoundForecast | 'unchanged' | undefined> {
  const key = dataKeys.predictions(model, version, 'forecast.json');
  if (known !== undefined && (await data.head(key))?.etag === known) return 'unchanged';
  const object = await data.get(key);
  return (
    object && {
      etag: object.etag,
      record: parse(object.body),
    }
  );
}
