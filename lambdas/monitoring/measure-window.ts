import { measureWindow } from '../../core/monitoring/measure-window.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'measureWindow',
  async ({ time, spec, key }, { data, models, metrics, record }) => {
    const measurement = await measureWindow({ data, models, spec, time, ...(key !== undefined && { key }) });
    if (measurement.measured) {
      const { error, errorRatio } = measurement;
      metrics({ ForecastError: error, ...(errorRatio !== null && { ForecastErrorRatio: errorRatio }) });
    }
    await record('measured', measurement.summary, {
      window: measurement.window,
      measured: measurement.measured,
    });
    return { window: measurement.window, measured: measurement.measured };
  },
);
