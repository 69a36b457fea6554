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
import { learnFromPast } from './learn-from-past.ts';
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
    const { forecasts, reasons, importance: shares } = learnAndForecast(series, options);
    return {
      importance: shares,
      notes: series.flatMap((_, index): FitNote[] => {
        const reason = reasons.get(index);
        if (reason === undefined) return [];
        const own = standIn.notes.filter(note => note.series === index);
        return own.some(({ kind }) => kind === 'empty')
          ? own
          : [...own, { series: index, kind: 'fallback', reason }];
      }),
      forecast: horizon =>
        standIn.forecast(horizon).map((points, i) => forecasts.get(i)?.slice(0, horizon) ?? points),
    };
  },
};

interface Outcome {
  /** By index of the series: every step of the horizon. */
  readonly forecasts: ReadonlyMap<number, Float64Array>;
  /** By index, for the series that have no forecast: why. */
  readonly reasons: ReadonlyMap<number, string>;
  readonly importance: readonly Importance[];
}

function learnAndForecast(series: readonly Series[], options: FitOptions): Outcome {
  const { strategy, objective, ...boosting } = hyperparameters.parse(options.hyperparameters);
  const { every, season, horizon, seed } = options;
  const [first] = series;
  if (first === undefined) return { forecasts: new Map(), reasons: new Map(), importance: [] };
  const plan = planFeatures(
    season,
    { every, start: first.start, steps: first.values.length },
    { horizon, reach: strategy === 'direct' ? horizon : 1 },
  );
  const candidates = series.map(({ key, values }, index) => {
    const known = new KnownSeries(values, horizon);
    return { index, name: keyId(key), known, reason: reasonAgainst(known, plan) };
  });
  const able = candidates.filter(({ reason }) => reason === undefined);
  const reasons = new Map(
    candidates.flatMap(({ index, reason }) => (reason === undefined ? [] : [[index, reason]])),
  );
  const past = { plan, series: able.map(({ known }) => known), names: able.map(({ name }) => name) };
  if (able.length === 0) return { forecasts: new Map(), reasons, importance: [] };
  try {
    const model = learnFromPast(past, { objective, boosting, horizon, seed });
    const points = forecastAhead(model, past, horizon);
    const forecasts = new Map<number, Float64Array>();
    for (const [i, { index }] of able.entries()) {
      const own = points[i];
      if (own?.every(Number.isFinite)) forecasts.set(index, own);
      else reasons.set(index, 'the forecast was not finite');
    }
    return {
      forecasts,
      reasons,
      importance: importance(model).map(({ feature, gain }) => ({ feature, share: gain })),
    };
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    const reason = error.message.replace(/\.$/, '');
    return {
      forecasts: new Map(),
      reasons: new Map([...reasons, ...able.map(({ index }) => [index, reason] as const)]),
      importance: [],
    };
  }
}
