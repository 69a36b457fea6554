import { naiveLag } from '../evaluation/scale.ts';
import { messageOf } from '../telemetry/errors.ts';
import type { FitNote, FitOptions, ForecastingMethod } from './forecasting-method.ts';
import { historyOf } from './history.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import type { Method } from './trainer.ts';

/** A method that looks at one series at a time. */
export interface LocalMethod extends Method {
  /**
   * @param history At least one value, no gaps.
   * @throws whatever it likes where it cannot work: the baseline then stands in for this series.
   */
  readonly forecast: (history: Float64Array, horizon: number, options: FitOptions) => Float64Array;
}

/** A method from a local one: it prepares each history, and no single series can make the fit fail. */
export const localTrainer = ({ forecast, ...rest }: LocalMethod): ForecastingMethod => ({
  ...rest,
  fit(series, options) {
    const notes: FitNote[] = [];
    const lag = naiveLag(options.season);
    const forecasts = series.map(({ values }, index) => {
      const history = historyOf(values, lag);
      if (history === undefined) {
        notes.push({ series: index, kind: 'empty', reason: 'the series has no value' });
        return new Float64Array(options.horizon).fill(Number.NaN);
      }
      if (history.filled > 0) {
        notes.push({ series: index, kind: 'filled', reason: 'missing values were interpolated' });
      }
      const length = history.trailing + options.horizon;
      const points = attempt(() => forecast(history.values, length, options));
      if (points instanceof Float64Array) return points.slice(history.trailing);
      notes.push({ series: index, kind: 'fallback', reason: points.reason });
      return seasonalNaive(history.values, lag, length).slice(history.trailing);
    });
    return {
      notes,
      importance: [],
      forecast(horizon) {
        if (horizon > options.horizon) {
          throw new RangeError(`The fit was for ${options.horizon} steps; ${horizon} were asked for.`);
        }
        return forecasts.map(points => points.slice(0, horizon));
      },
    };
  },
});

function attempt(forecast: () => Float64Array): Float64Array | { readonly reason: string } {
  try {
    const points = forecast();
    return points.every(Number.isFinite) ? points : { reason: 'the forecast was not finite' };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}
