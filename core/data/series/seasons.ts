/** How strongly series repeat after a number of steps. */
export interface SeasonStrength {
  readonly lag: number;
  /** Autocorrelation at the lag, the mean over the series; NaN when no series is long enough. */
  readonly autocorrelation: number;
}

/** Weaker repetition helps no forecast. */
const LEAST = 0.25;

/** What a multiple of a season must add to be a season of its own: every multiple repeats as well. */
const MULTIPLE_ADDS = 0.05;

/** One season cannot be told from chance; of three, two pairs of neighbours can be compared. */
export const SEASONS_TO_SEE = 3;

/**
 * The seasons of a set of series among candidate lags, the strongest first.
 *
 * The trend, a moving average over one season, is taken off (classical decomposition); a lag counts when the
 * autocorrelation of the rest exceeds both a quarter and two standard errors of white noise (Bartlett).
 *
 * Source: Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition, sections 2.8, 2.9 and 3.4.
 * @param series Values on a regular grid, NaN where missing.
 */
export function findSeasons(series: readonly Float64Array[], lags: readonly number[]): SeasonStrength[] {
  const strengths = lags.map(lag => strengthOf(series, lag)).filter(({ significant }) => significant);
  const kept = strengths.filter(({ lag, autocorrelation }) =>
    strengths.every(
      other =>
        other.lag >= lag || lag % other.lag !== 0 || autocorrelation > other.autocorrelation + MULTIPLE_ADDS,
    ),
  );
  return kept
    .map(({ lag, autocorrelation }) => ({ lag, autocorrelation }))
    .sort((a, b) => b.autocorrelation - a.autocorrelation || a.lag - b.lag);
}

export function strengthOf(
  series: readonly Float64Array[],
  lag: number,
): SeasonStrength & { readonly significant: boolean } {
  const found = series
    .filter(({ length }) => length >= SEASONS_TO_SEE * lag)
    .map(values => autocorrelation(detrended(values, lag), lag))
    .filter(({ value }) => Number.isFinite(value));
  const pairs = found.reduce((sum, one) => sum + one.pairs, 0);
  const value = found.reduce((sum, one) => sum + one.value, 0) / found.length;
  return { lag, autocorrelation: value, significant: value >= LEAST && value > 2 / Math.sqrt(pairs) };
}

/** Values without their centred moving average over one season. */
function detrended(values: Float64Array, lag: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  const counts = new Float64Array(values.length + 1);
  for (const [i, value] of values.entries()) {
    const known = Number.isFinite(value);
    sums[i + 1] = (sums[i] ?? 0) + (known ? value : 0);
    counts[i + 1] = (counts[i] ?? 0) + (known ? 1 : 0);
  }
  return values.map((value, i) => {
    // At the ends the window moves inside, so that it always covers a whole season.
    const from = Math.max(0, Math.min(i - Math.floor(lag / 2), values.length - lag));
    const to = from + lag;
    const count = (counts[to] ?? 0) - (counts[from] ?? 0);
    return value - ((sums[to] ?? 0) - (sums[from] ?? 0)) / count;
  });
}

function autocorrelation(values: Float64Array, lag: number): { value: number; pairs: number } {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  const mean = sum / count;
  let variance = 0;
  for (const value of values) if (Number.isFinite(value)) variance += (value - mean) ** 2;
  let covariance = 0;
  let pairs = 0;
  for (let t = lag; t < values.length; t++) {
    const product = ((values[t] ?? Number.NaN) - mean) * ((values[t - lag] ?? Number.NaN) - mean);
    if (!Number.isFinite(product)) continue;
    covariance += product;
    pairs++;
  }
  return { value: covariance / pairs / (variance / count), pairs };
}
