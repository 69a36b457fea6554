import * as z from 'zod';
import { keyId, type Series } from '../../../data/series.ts';
import { TrainingError } from '../../../telemetry/errors.ts';
import { baseline } from '../../baseline.ts';
import type { FitNote, FitOptions, ForecastingMethod } from '../../forecasting-method.ts';
import { boostingHyperparameters, importance } from '../../gradient-boosting/index.ts';
import type { Importance } from '../../importance.ts';
import { planFeatures } from './feature-plan.ts';
import { forecastAhead } from './forecast-ahead.ts';
import { KnownSeries } from './known-series.ts';
import { type Lesson, learnFromPast, type Past } from './learn-from-past.ts';
import { reasonAgainst } from './reason-against.ts';

const hyperparameters = z.strictObject({
  ...boostingHyperparameters.shape,
  /**
   * - `recursive`: the model forecasts the next step, and goes on from its own forecasts.
   * - `direct`: the model forecasts every step of the horizon from what is known.
   */
  strategy: z.enum(['recursive', 'direct']).default('recursive'),
  /** What is minimized: `absolute` forecasts the median, `squared` the mean. */
  objective: z.enum(['absolute', 'squared']).default('absolute'),
});

/**
 * One gradient-boosted model of all series. It looks at the last values, at those of the same phase of each season, at
 * means and deviations of windows, at the calendar and at which series it is. Each series is measured from its own
 * level, so that what is learned from one serves the others, large or small.
 *
 * Sources: Montero-Manso and Hyndman, "Principles and Algorithms for Forecasting Groups of Time Series: Locality and
 * Globality", International Journal of Forecasting 37 (2021) 1632-1653 (one model of all series); Ben Taieb, Bontempi,
 * Atiya and Sorjamaa, "A Review and Comparison of Strategies for Multi-Step Ahead Time Series Forecasting", Expert
 * Systems with Applications 39 (2012) 7067-7083 (recursive and direct); Januschowski et al., "Forecasting with Trees",
 * International Journal of Forecasting 38 (2022) 1473-1481.
 */
export const boostedForecaster: ForecastingMethod = {
  hyperparameters,
  fit(series, options) {
    const standIn = baseline.fit(series, options);
    const { continued, importance: shares } = continueAll(series, options);
    return {
      importance: shares,
      notes: continued.flatMap((one, index): FitNote[] => {
        if (one instanceof Float64Array) return [];
        const own = standIn.notes.filter(note => note.series === index);
        const isEmpty = own.some(({ kind }) => kind === 'empty');
        return isEmpty ? own : [...own, { series: index, kind: 'fallback', reason: one.reason }];
      }),
      forecast: horizon =>
        standIn.forecast(horizon).map((points, index) => {
          const own = continued[index];
          return own instanceof Float64Array ? own.slice(0, horizon) : points;
        }),
    };
  },
};

/** Every step of the horizon of a series, or why there is no forecast. */
type Continued = Float64Array | { readonly reason: string };

/** Series by series, in their order. */
interface AllContinued {
  readonly continued: readonly Continued[];
  readonly importance: readonly Importance[];
}

function continueAll(series: readonly Series[], options: FitOptions): AllContinued {
  const { strategy, objective, ...boosting } = hyperparameters.parse(options.hyperparameters);
  const { every, season, horizon, seed } = options;
  const [first] = series;
  if (first === undefined) return { continued: [], importance: [] };
  const plan = planFeatures(
    season,
    { every, start: first.start, steps: first.values.length },
    { horizon, reach: strategy === 'direct' ? horizon : 1 },
  );
  const known = series.map(({ values }) => new KnownSeries(values, horizon));
  const reasons = known.map(one => reasonAgainst(one, plan));
  const isAble = (_: unknown, index: number): boolean => reasons[index] === undefined;
  const able = known.filter(isAble);
  const names = series.filter(isAble).map(({ key }) => keyId(key));
  const learned = learnAndForecast({ plan, series: able, names }, { objective, boosting, horizon, seed });
  const forecasts = new Map(able.map((one, i) => [one, learned.continued[i]]));
  return {
    ...learned,
    continued: known.map((one, i) => forecasts.get(one) ?? { reason: reasons[i] ?? 'there is no forecast' }),
  };
}

function learnAndForecast(past: Past, lesson: Lesson): AllContinued {
  try {
    const model = learnFromPast(past, lesson);
    return {
      continued: forecastAhead(model, past, lesson.horizon).map(points =>
        points.every(Number.isFinite) ? points : { reason: 'the forecast was not finite' },
      ),
      importance: importance(model).map(({ feature, gain }) => ({ feature, share: gain })),
    };
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    // What cannot be learned from the series together is no fault of one of them.
    const reason = error.message.replace(/\.$/, '');
    return { continued: past.series.map(() => ({ reason })), importance: [] };
  }
}
