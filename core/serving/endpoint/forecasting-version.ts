import { stepOfTime, timeOfStep } from '../../data/series/grid.ts';
import { readableTime } from '../../insights/readable.ts';
import type { ForecastingVersion } from '../../registry/versions.ts';
import type { ColumnSpec } from '../../spec/schema.ts';
import { declaredZone } from '../../spec/time-zones.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { findForecast } from '../find-forecast.ts';
import { type ForecastRecord, recordedGrid } from '../forecast-record.ts';
import type { AskedRows } from './asked-rows.ts';
import { type InputRows, type Inputs, inputsOf } from './input-rows.ts';
import { Refreshed } from './refreshed.ts';
import { RefusedRequest, type RequestProblem, refusedFor } from './refusal.ts';
import type { Answers, RowAnswer, ServedVersion } from './served-version.ts';
import { shownValue, type Value, valueOfText } from './value.ts';

/** A forecast is made anew when data is accepted: half a minute late is early enough. */
const FRESHNESS = { stale: 15_000, expired: 60_000 };

/** In place of the time, a row may say how many steps ahead it means. */
const HORIZON = 'horizon';

const STEPS: ColumnSpec = {
  type: 'integer',
  required: true,
  unique: false,
  tolerance: 0,
  severity: 'error',
  min: 1,
};

interface Loaded {
  readonly etag: string;
  readonly record: ForecastRecord;
  readonly byTime: Inputs;
  readonly byHorizon: Inputs | undefined;
  /** Position of each series, by `identityOf` of its key. */
  readonly series: ReadonlyMap<string, number>;
}

/** Makes a version that forecasts series ready to answer, from the latest forecast that it wrote. */
export async function forecastingVersion(
  data: ObjectStore,
  version: ForecastingVersion,
  now: Date,
): Promise<ServedVersion> {
  const loaded = new Refreshed<Loaded>(FRESHNESS, async before => {
    const found = await findForecast(data, version, before?.etag);
    if (found === 'unchanged' && before !== undefined) return before;
    if (found === undefined || found === 'unchanged') {
      throw new RefusedRequest(
        503,
        `Version ${version.version} has not written its forecast yet. Try again in a minute.`,
      );
    }
    return prepared(found.record, found.etag);
  });
  const first = await loaded.get(now);
  return {
    record: version,
    inputs: first.byTime,
    answer: async (asked, moment) => answer(await loaded.get(moment), asked),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function prepared(record: ForecastRecord, etag: string): Loaded {
  const contract = record.tables[record.table];
  if (contract === undefined) throw new TypeError(`The forecast has no table "${record.table}"`);
  const { [record.time]: _, ...keys } = contract.columns;
  const taken = Object.keys(contract.columns).some(name => name.toLowerCase() === HORIZON);
  const bySteps = { ...contract, columns: { ...keys, [HORIZON]: { ...STEPS, max: record.grid.steps } } };
  return {
    ...{ etag, record },
    byTime: inputsOf(contract, [...record.key, record.time]),
    byHorizon: taken ? undefined : inputsOf(bySteps, [...record.key, HORIZON]),
    series: new Map(record.series.map(({ key }, i) => [keyOf(record, key), i])),
  };
}

/** A key as it is told in the dataset: text, with `null` where there is no value. */
const keyOf = (record: ForecastRecord, texts: readonly string[]): string =>
  identityOf(
    texts.map((text, i) => {
      const type = record.tables[record.table]?.columns[record.key[i] ?? '']?.type ?? 'string';
      return valueOfText(type, text, false) ?? text;
    }),
  );

/** Equal for equal keys. The text "null" and a missing value are one series, as in the dataset. */
const identityOf = (values: readonly Value[]): string =>
  JSON.stringify(
    values.map(value => (value === null || value === 'null' ? 'null' : `${typeof value}:${value}`)),
  );

function answer(loaded: Loaded, asked: AskedRows): Answers {
  const { byTime, byHorizon } = loaded;
  const inputs = byHorizon !== undefined && asked.fields.includes(HORIZON) ? byHorizon : byTime;
  const input = inputs.read(asked);
  const problems: RequestProblem[] = [];
  const rows: RowAnswer[] = [];
  for (let row = 0; row < input.rows; row++) {
    const found = answerRow(loaded, input.columns, row);
    if ('reason' in found) problems.push({ row, ...found });
    else rows.push(found);
  }
  if (problems.length > 0) throw refusedFor(problems);
  return { rows, warnings: input.warnings };
}

function answerRow(
  { record, series }: Loaded,
  columns: InputRows['columns'],
  row: number,
): RowAnswer | RequestProblem {
  const key = record.key.map(name => columns.get(name)?.[row] ?? null);
  const shown = shownKey(record, key);
  const one = record.series[series.get(identityOf(key)) ?? -1];
  if (one === undefined)
    return { found: shown, reason: 'there is no such series in the data of the version' };
  const grid = recordedGrid(record);
  const step = stepOf(record, columns, row);
  if (step === undefined) return { field: record.time, reason: 'a value is required' };
  if (step < 0 || step >= grid.steps) {
    const zone = declaredZone(record.tables[record.table], record.time);
    const [first, end] = [0, grid.steps].map(at => readableTime(timeOfStep(grid, at), zone));
    const clock = zone === undefined ? '' : ` (${zone})`;
    return {
      field: record.time,
      reason: `the forecast covers ${first} up to, but not including, ${end}${clock}`,
    };
  }
  const prediction = one.forecast[step] ?? null;
  if (prediction === null) return { found: shown, reason: 'the series has no value to forecast from' };
  const { lower_80, upper_80, lower_95, upper_95 } = one;
  return {
    id: { ...shown, [record.time]: timeOfStep(grid, step).toISOString() },
    ...{ features: {}, prediction },
    bounds: {
      ...{ lower_80: lower_80[step] ?? null, upper_80: upper_80[step] ?? null },
      ...{ lower_95: lower_95[step] ?? null, upper_95: upper_95[step] ?? null },
    },
  };
}

function shownKey(record: ForecastRecord, key: readonly Value[]): RowAnswer['id'] {
  const columns = record.tables[record.table]?.columns ?? {};
  return Object.fromEntries(
    record.key.map((name, i) => [name, shownValue(columns[name]?.type ?? 'string', key[i] ?? null)]),
  );
}

/** The step that a row asks for; undefined where it says neither time nor horizon. */
function stepOf(record: ForecastRecord, columns: InputRows['columns'], row: number): number | undefined {
  const horizon = columns.get(HORIZON);
  if (horizon !== undefined && !Object.hasOwn(record.tables[record.table]?.columns ?? {}, HORIZON)) {
    return Number(horizon[row]) - 1;
  }
  const time = columns.get(record.time)?.[row] ?? null;
  if (time === null) return undefined;
  const milliseconds = typeof time === 'bigint' ? Math.floor(Number(time) / 1000) : Number(time) * 86_400_000;
  return stepOfTime(recordedGrid(record), new Date(milliseconds));
}
