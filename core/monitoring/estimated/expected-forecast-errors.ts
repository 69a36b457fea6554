import { valueAt } from '../../data/series.ts';
import type { Measures } from '../../evaluation/measures.ts';
import type { ErrorScale } from '../../evaluation/scale.ts';
import type { ConfidenceOf } from './confidence.ts';

/** A forecast with the upper end of its 80 % interval, and the scale of its errors. */
export interface ScaledForecast {
  readonly forecast: Float64Array;
  readonly upper: Float64Array;
  readonly scale: ErrorScale;
}

/**
 * What the measures of forecasts are expected to be while nobody knows what happened: each error is the share of the
 * half width of its conformal interval that errors were on the test part. It sees forecasts that are made further
 * ahead, or for series that are harder; not a model that has become worse, whose intervals do not know.
 *
 * The interval is taken from above: below, it may be cut off where a series cannot fall further. Measures as
 * `measureForecasts` defines them; the sum of what happened is expected to be that of the forecasts.
 */
export function expectedForecastErrors(
  { absolute, squared }: ConfidenceOf<'interval-widths'>,
  series: readonly ScaledForecast[],
): Measures {
  const sums = series.map(({ forecast, upper, scale }) => {
    const points = Array.from(forecast.keys()).filter(i =>
      Number.isFinite(valueAt(upper, i) - valueAt(forecast, i)),
    );
    const widths = points.map(i => valueAt(upper, i) - valueAt(forecast, i));
    return {
      points: points.length,
      errors: absolute * sum(widths),
      squares: squared * sum(widths.map(width => width ** 2)),
      size: sum(points.map(i => Math.abs(valueAt(forecast, i)))),
      scale: scale.absolute,
    };
  });
  const known = sums.filter(({ points }) => points > 0);
  const points = sum(known.map(one => one.points));
  if (points === 0) return {};
  const scaled = known.filter(({ scale }) => scale > 0);
  const size = sum(known.map(one => one.size));
  return {
    mase:
      scaled.length === 0
        ? null
        : sum(scaled.map(one => one.errors / one.points / one.scale)) / scaled.length,
    wape: size === 0 ? null : sum(known.map(({ errors }) => errors)) / size,
    rmse: Math.sqrt(sum(known.map(({ squares }) => squares)) / points),
    points,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
