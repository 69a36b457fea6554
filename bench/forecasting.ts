import { measure } from './measure.ts';
import { atMost, plain, type Row } from './rows.ts';

/** Gradient boosting of 500 days of each series, 100 trees of depth 6, and its forecast of 14 days. */
export function forecasting(): Row[] {
  const fit = (series: number, strategy: string) =>
    measure('forecast', [String(series), 'gradient-boosting', JSON.stringify({ strategy })]);
  const small = fit(100, 'recursive');
  const large = fit(1000, 'recursive');
  const direct = fit(1000, 'direct');
  return [
    plain('forecasting by boosting: 100 series × 500', small),
    plain('forecasting by boosting: 1,000 series × 500', large),
    plain('forecasting by boosting: 1,000 series × 500, direct', direct),
    atMost(
      'forecasting by boosting: 1,000 series, peak memory',
      Math.max(large.peak, direct.peak),
      1000,
      'MB',
    ),
    atMost(
      'forecasting by boosting: growth of time with series (exponent)',
      Math.log10(large.seconds / small.seconds),
      1.1,
      '',
    ),
  ];
}
