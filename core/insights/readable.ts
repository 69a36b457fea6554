import type { MetricName } from '../spec/schema.ts';

/** How values are written for people, in sentences and on pages. */

/** A moment in UTC: `2026-03-16`, with `05:30` after it where it is not midnight. */
export function readableTime(moment: Date | string): string {
  const [day = '', time = ''] = new Date(moment).toISOString().split('T');
  const clock = time.replace('.000Z', '').replace('Z', '').replace(/:00$/, '');
  return clock === '00:00' ? day : `${day} ${clock}`;
}

/** Enough digits to tell two models apart, few enough to read. */
export const readableNumber = (value: number | null): string =>
  value === null ? 'none' : String(Number(value.toPrecision(5)));

/** A fraction in percent. */
export const readableShare = (share: number | null): string =>
  share === null || !Number.isFinite(share) ? 'none' : `${(share * 100).toFixed(1)} %`;

const LABELS = { mase: 'MASE', rmsse: 'RMSSE', smape: 'sMAPE', wape: 'WAPE', rmse: 'RMSE' } as const;

/** The name of a metric as the literature writes it. */
export const readableMetric = (metric: MetricName): string => LABELS[metric];
