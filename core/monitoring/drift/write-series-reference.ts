import type { DatasetRecord } from '../../data/dataset/dataset-record.ts';
import { keyId, type Series } from '../../data/series.ts';
import type { ForecastingSpec } from '../../spec/schema.ts';
import { canonicalJson } from '../../storage/digest.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { readGridSeries } from '../../training/grid-series.ts';
import { seasonOf } from '../../training/season-of.ts';
import { measureChunks } from './chunks.ts';
import { type SeriesReference, seriesReferenceKey } from './reference-record.ts';
import { cellMeans, levelSeason, ownDeviations } from './series-level.ts';
import { sketchNumbers } from './sketch-column.ts';

/** Series that are watched one by one: the largest. */
const WATCHED = 1000;

/** Series that are known by name, so that those that appear and vanish can be told. */
const NAMED = 10_000;

/**
 * Writes the reference of a dataset of series: what each usually is in each cell of the season, how far it is from
 * that, and how far chunks of it are. The season is the longest of the spec's, or else of those that the data shows. One that is there stays as it is.
 */
export async function writeSeriesReference(
  data: ObjectStore,
  spec: ForecastingSpec,
  dataset: DatasetRecord,
): Promise<void> {
  const key = seriesReferenceKey(dataset.model, dataset.id);
  if ((await data.head(key)) !== undefined) return;
  const whole = await readGridSeries(data, dataset, 'test');
  const season = levelSeason(seasonOf(spec, whole), whole.grid.steps);
  const sizes = new Map(whole.series.map(one => [one, sizeOf(one)]));
  const watched = new Set(
    whole.series.toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0)).slice(0, WATCHED),
  );
  const reference: SeriesReference = {
    dataset: dataset.id,
    season: season === 1 ? null : season,
    start: dataset.grid.start,
    rows: whole.series.reduce((sum, { values }) => sum + values.filter(Number.isFinite).length, 0),
    keys: whole.series.length > NAMED ? null : whole.series.map(({ key: own }) => keyId(own)),
    series: whole.series.filter(one => watched.has(one)).map(one => describeSeries(one, season)),
  };
  await data.put(key, canonicalJson(reference));
}

const sizeOf = ({ values }: Series): number =>
  values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : Math.abs(value)), 0);

/** What is kept of a series; its season is told in steps, 1 for none. */
export function describeSeries({ key, values }: Series, season: number): SeriesReference['series'][number] {
  const deviations = ownDeviations(values, season).filter(Number.isFinite);
  const sketch = sketchNumbers(deviations, undefined, 0);
  const chunks = measureChunks(sketch, { kind: 'number', values: deviations }, undefined, true);
  return {
    key: [...key],
    means: Array.from(cellMeans(values, season), mean => (Number.isNaN(mean) ? null : mean)),
    longestGap: longestGap(values),
    sketch: { ...sketch, chunks },
  };
}

/** Steps of the longest stretch without a value, after the first one. */
function longestGap(values: Float64Array): number {
  let [longest, gap] = [0, 0];
  for (const value of values.subarray(Math.max(0, values.findIndex(Number.isFinite)))) {
    gap = Number.isNaN(value) ? gap + 1 : 0;
    longest = Math.max(longest, gap);
  }
  return longest;
}
