import type { DuckDBConnection } from '@duckdb/node-api';
import { splitGrid } from '../data/dataset/split.ts';
import { SeriesTable } from '../data/series/aggregate.ts';
import { fillGaps } from '../data/series/fill.ts';
import type { Grid } from '../data/series/grid.ts';
import { findSeasons, SEASONS_TO_SEE, type SeasonStrength, strengthOf } from '../data/series/seasons.ts';
import type { ForecastingSpec } from '../spec/schema.ts';
import { DatasetError, InferenceError } from '../telemetry/errors.ts';
import { counted } from './names.ts';
import { lengthOf, type Step } from './steps.ts';

/** How the series are learnt from: what repeats, how far the forecast reaches, and what tests it. */
export interface LearningPlan {
  readonly season: readonly SeasonStrength[];
  readonly horizon: number;
  /** Length of the validation part, and of the test part. */
  readonly part: string;
  /** Steps of the grid. */
  readonly steps: number;
  readonly why: Readonly<Record<'season' | 'horizon' | 'split', string>>;
}

/** The largest series tell the seasons; more of them add time, not knowledge. */
const SERIES_LOOKED_AT = 50;

/** Of the history, so much tests; but not more than some horizons, for each is one more fit. */
const TEST_SHARE = 0.1;
const MOST_HORIZONS = 4;

/**
 * Looks at the series as training will see them.
 * @param spec Has the table and the series; season, horizon and split are to be found.
 * @param data Parquet file of the table's rows.
 * @throws InferenceError when the history is too short for any forecast.
 */
export async function planLearning(
  connection: DuckDBConnection,
  spec: ForecastingSpec,
  step: Step,
  data: string,
): Promise<LearningPlan> {
  const table = new SeriesTable(connection, spec, [data]);
  const grid = await table.grid();
  const series = await table.aggregate(grid, { count: SERIES_LOOKED_AT, before: grid.steps });
  const values = series.map(one => fillGaps(one.values, spec.series.fill));
  const found = findSeasons(values, step.seasons);
  const assumed = found.length > 0 ? [] : assumedSeason(values, step);
  for (const season of shorterAndShorter([...found, ...assumed])) {
    const plan = fit(spec, grid, step, season);
    if (plan === undefined) continue;
    return {
      ...plan,
      season,
      steps: grid.steps,
      why: { ...plan.why, season: seasonReason(step, season, found, grid) },
    };
  }
  throw new InferenceError(
    `The time column covers ${counted(grid.steps, 'step')} of ${step.every}. A forecast needs at least 4: two to learn ` +
      'from, one to choose the model, one to test it. Take a longer export as the sample.',
  );
}

/** The usual season, where none shows: without any, only the baseline could be trained. */
function assumedSeason(values: readonly Float64Array[], { seasons }: Step): SeasonStrength[] {
  const [lag] = seasons;
  return lag === undefined ? [] : [{ lag, autocorrelation: strengthOf(values, lag).autocorrelation }];
}

/** All seasons, then without the longest, and so on to none. */
function* shorterAndShorter(season: readonly SeasonStrength[]): Iterable<readonly SeasonStrength[]> {
  let left = season;
  for (;;) {
    yield left;
    if (left.length === 0) return;
    const longest = Math.max(...left.map(({ lag }) => lag));
    left = left.filter(({ lag }) => lag < longest);
  }
}

/** The longest of the usual horizon, its half, and so on, that the history allows. */
function fit(
  spec: ForecastingSpec,
  grid: Grid,
  step: Step,
  season: readonly SeasonStrength[],
): (Pick<LearningPlan, 'horizon' | 'part'> & { why: { horizon: string; split: string } }) | undefined {
  for (let horizon = step.horizon; horizon >= 1; horizon = Math.floor(horizon / 2)) {
    const most = Math.max(1, Math.min(MOST_HORIZONS, Math.floor((grid.steps * TEST_SHARE) / horizon)));
    for (let horizons = most; horizons >= 1; horizons--) {
      const part = lengthOf(step.every, horizon * horizons);
      if (!fits(spec, grid, horizon, season, part)) continue;
      const usual = horizon === step.horizon ? 'usual for this step' : 'the history is too short for more';
      return {
        horizon,
        part,
        why: {
          horizon: `${lengthOf(step.every, horizon)} ahead, ${usual}`,
          split: `of ${counted(grid.steps, 'step')}, ${horizon * horizons} choose the model and ${horizon * horizons} test it, ${counted(horizons, 'horizon')} each`,
        },
      };
    }
  }
  return undefined;
}

function fits(
  spec: ForecastingSpec,
  grid: Grid,
  horizon: number,
  season: readonly SeasonStrength[],
  part: string,
): boolean {
  const series = { ...spec.series, season: season.map(({ lag }) => lag) };
  try {
    splitGrid(grid, { ...spec, horizon, series, split: { by: 'time', validation: part, test: part } });
    return true;
  } catch (error) {
    if (error instanceof DatasetError) return false;
    throw error;
  }
}

function seasonReason(
  step: Step,
  season: readonly SeasonStrength[],
  found: readonly SeasonStrength[],
  grid: Grid,
): string {
  const [strongest] = season;
  if (strongest === undefined) {
    return step.seasons.length === 0
      ? 'steps of a year have no season'
      : `the history of ${counted(grid.steps, 'step')} is too short for the usual ${step.seasons.join(' and ')}`;
  }
  const value = ({ lag, autocorrelation }: SeasonStrength): string =>
    `${(Math.round(autocorrelation * 100) / 100 + 0).toFixed(2)} at ${lag}`;
  if (found.length > 0) return `autocorrelation without the trend: ${season.map(value).join(', ')}`;
  return Number.isNaN(strongest.autocorrelation)
    ? `usual for this step; fewer than ${SEASONS_TO_SEE} seasons cannot show whether it is there`
    : `usual for this step, though hardly seen: autocorrelation without the trend ${value(strongest)}`;
}
