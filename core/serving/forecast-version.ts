import type { DatasetRecord } from '../data/dataset/dataset-record.ts';
import { loadDataset } from '../data/dataset/load-dataset.ts';
import { snapshotDataset } from '../data/dataset/snapshot-dataset.ts';
import { withDuckDb } from '../data/duckdb.ts';
import type { ForecastingVersion } from '../registry/versions.ts';
import type { ForecastingSpec } from '../spec/schema.ts';
import { declaredZone } from '../spec/time-zones.ts';
import { canonicalJson } from '../storage/digest.ts';
import { dataKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { scratchFolder } from '../storage/scratch-folder.ts';
import { findForecast } from './find-forecast.ts';
import type { Forecast } from './forecast.ts';
import { forecastFrom } from './forecast-from.ts';
import { type ForecastRecord, forecastRecordOf, recordedForecast } from './forecast-record.ts';
import { createForecastTable } from './forecast-table.ts';
import { writeAnswer } from './write-answer.ts';

interface Stores {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
}

/** What a version forecasts from the data that is accepted now. */
export async function newestForecast(
  stores: Stores,
  spec: ForecastingSpec,
  version: ForecastingVersion,
  time: string,
): Promise<{ readonly forecast: Forecast; readonly dataset: DatasetRecord }> {
  const dataset = await newestData(stores.data, spec, version, time);
  return { forecast: await forecastFrom(stores, version, dataset), dataset };
}

/**
 * The dataset of what is accepted now; mostly a delivery has built it already. That of the version where today's spec
 * describes other series than the version was made for.
 */
async function newestData(
  data: ObjectStore,
  spec: ForecastingSpec,
  version: ForecastingVersion,
  time: string,
): Promise<DatasetRecord> {
  const own = await loadDataset(data, version.model, version.dataset);
  const newest = await snapshotDataset({ data, spec, time });
  const alike =
    newest.grid.every === own.grid.every &&
    newest.grid.timezone === own.grid.timezone &&
    newest.columns.key.join('\0') === own.columns.key.join('\0');
  return alike && newest.grid.end >= own.grid.end ? newest : own;
}

/**
 * Writes the newest forecast of a version: `forecast.json` for machines, Parquet and CSV for people. Asked again, also out
 * of order or at the same time, it leaves the forecast that begins last.
 * @param o.time The moment of the event that asks for it.
 * @param o.inForce Whether the version is in production: then a copy stays, for monitoring to know what was forecast.
 * @returns The keys of the Parquet and the CSV file.
 */
export async function forecastVersion(
  stores: Stores,
  spec: ForecastingSpec,
  version: ForecastingVersion,
  { time, inForce }: { readonly time: string; readonly inForce: boolean },
): Promise<string[]> {
  const { data } = stores;
  const { forecast, dataset } = await newestForecast(stores, spec, version, time);
  const facts = { version: version.version, dataset: dataset.id, madeAt: time };
  const made = forecastRecordOf(spec, forecast, facts);
  const kept = dataKeys.forecastFrom(spec.name, version.version, made.grid.start);
  if (inForce) await data.putIfAbsent(kept, canonicalJson(made));
  // Who was overtaken between two writes finds it out here, and writes the files of the forecast that stands.
  for (let latest = await standing(data, made); ; ) {
    const keys = await writeFiles(data, spec, latest);
    const after = await standing(data, latest);
    if (canonicalJson(after) === canonicalJson(latest)) return keys;
    latest = after;
  }
}

/** Makes a forecast the latest, unless there is one that begins later. Returns the one that is the latest then. */
async function standing(data: ObjectStore, made: ForecastRecord): Promise<ForecastRecord> {
  const key = dataKeys.predictions(made.model, made.version, 'forecast.json');
  const body = canonicalJson(made);
  for (;;) {
    const found = await findForecast(data, made);
    if (found === undefined) {
      if (await data.putIfAbsent(key, body)) return made;
    } else if (found === 'unchanged' || isLater(found.record, made)) {
      return found === 'unchanged' ? made : found.record;
    } else if (await data.putIfMatch(key, body, found.etag)) return made;
  }
}

/** Whether a forecast stays where another was made: it begins later, or was asked for later. */
function isLater(standing: ForecastRecord, made: ForecastRecord): boolean {
  const [begins, other] = [Date.parse(standing.grid.start), Date.parse(made.grid.start)];
  return begins > other || (begins === other && Date.parse(standing.madeAt) >= Date.parse(made.madeAt));
}

async function writeFiles(
  data: ObjectStore,
  spec: ForecastingSpec,
  record: ForecastRecord,
): Promise<string[]> {
  const key = (name: string) => dataKeys.predictions(record.model, record.version, name);
  const keys = { parquet: key('forecast.parquet'), csv: key('forecast.csv') };
  await using scratch = await scratchFolder('forecast');
  const folder = scratch.path;
  await withDuckDb({ paths: [`${folder}/`], threads: 1 }, async connection => {
    await createForecastTable(connection, spec, recordedForecast(record));
    const zone = declaredZone(spec.tables[spec.series.table], spec.series.time);
    await writeAnswer(connection, 'forecast', { data, keys, folder, zone });
  });
  return [keys.parquet, keys.csv];
}
