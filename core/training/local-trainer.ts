import { type ForecastSeries, forecastSeries, type LocalForecast } from './forecast-series.ts';
import type { ForecastingMethod } from './forecasting-method.ts';
import { forecastInThreads } from './series-threads.ts';
import type { Method } from './trainer.ts';

/** A method that looks at one series at a time. */
export interface LocalMethod extends Method {
  readonly forecast: LocalForecast;
  /** Of a method that takes long: the file of the thread that serves this very forecast, beside `series-threads.ts`. */
  readonly thread?: string;
}

/** A method from a local one: it prepares each history, and no single series can make the fit fail. */
export const localTrainer = ({ forecast, thread, ...rest }: LocalMethod): ForecastingMethod => ({
  ...rest,
  fit(series, options) {
    const one = (values: Float64Array): ForecastSeries => forecastSeries(forecast, values, options);
    const histories = series.map(({ values }) => values);
    const forecasts =
      thread === undefined ? histories.map(one) : forecastInThreads(thread, histories, options, one);
    return {
      importance: [],
      notes: forecasts.flatMap(({ notes }, index) => notes.map(note => ({ series: index, ...note }))),
      forecast(horizon) {
        if (horizon > options.horizon) {
          throw new RangeError(`The fit was for ${options.horizon} steps; ${horizon} were asked for.`);
        }
        return forecasts.map(({ points }) => points.slice(0, horizon));
      },
    };
  },
});
