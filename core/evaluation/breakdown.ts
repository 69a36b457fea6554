import * as z from 'zod';
import type { Assessment } from './assess.ts';
import { measureForecasts, metricsSchema } from './metrics.ts';

/** Where the errors of a test part lie. */
export const breakdownFields = {
  /** Forecasts of the test part were made from this many moments, each knowing all that came before (rolling origin). */
  origins: z.int(),
  /** Metrics of each series by itself. */
  series: z.array(z.object({ key: z.array(z.string()), metrics: metricsSchema })),
  /** Metrics of the points that were forecast so many steps ahead, over all series and origins. */
  horizon: z.array(z.object({ ahead: z.int(), chosen: metricsSchema, baseline: metricsSchema })),
};

type Breakdown = z.output<z.ZodObject<typeof breakdownFields>>;

/** Takes the errors of the chosen model and of the baseline apart, by series and by steps ahead. */
export function breakdownOf(chosen: Assessment, baseline: Assessment): Breakdown {
  const steps = [...new Set(chosen.ahead)].sort((a, b) => a - b);
  return {
    origins: originsOf(chosen),
    series: chosen.comparisons.map(comparison => ({
      key: [...comparison.key],
      metrics: measureForecasts([comparison]),
    })),
    horizon: steps.map(ahead => ({
      ahead,
      chosen: metricsAhead(chosen, ahead),
      baseline: metricsAhead(baseline, ahead),
    })),
  };
}

/** Long test parts are sampled: a fold counts where any series was forecast in it. */
const originsOf = ({ ahead, comparisons }: Assessment): number =>
  ahead.filter((step, i) => step === 1 && comparisons.some(({ forecast }) => Number.isFinite(forecast[i])))
    .length;

function metricsAhead({ ahead, comparisons }: Assessment, step: number) {
  const at = ahead.flatMap((found, i) => (found === step ? [i] : []));
  const only = (values: Float64Array): Float64Array => Float64Array.from(at, i => values[i] ?? Number.NaN);
  return measureForecasts(
    comparisons.map(comparison => ({
      ...comparison,
      actual: only(comparison.actual),
      forecast: only(comparison.forecast),
    })),
  );
}
