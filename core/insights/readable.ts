import { clockAt } from '../data/series/zoned-time.ts';
import { METRICS, type MetricName, metricFacts } from '../spec/metrics.ts';

/** How values are written for people, in sentences and on pages. */

/** A moment by the clocks of a zone, or else in UTC: `2026-03-16`, with `05:30` after it where it is not midnight. */
export function readableTime(moment: Date | string, zone?: string): string {
  const shown = new Date(moment);
  const [day = '', time = ''] = (zone === undefined ? shown : clockAt(shown, zone)).toISOString().split('T');
  const clock = time.replace('.000Z', '').replace('Z', '').replace(/:00$/, '');
  return clock === '00:00' ? day : `${day} ${clock}`;
}

/** Enough digits to tell two models apart, few enough to read. */
export const readableNumber = (value: number | null): string =>
  value === null ? 'none' : String(Number(value.toPrecision(5)));

/** A fraction in percent. */
export const readableShare = (share: number | null): string =>
  share === null || !Number.isFinite(share) ? 'none' : `${(share * 100).toFixed(1)} %`;

/** The name of a metric as the literature writes it. */
export const readableMetric = (metric: MetricName): string => METRICS[metric].label;

/** A value of any measure, in percent where people read it so. */
export const readableMeasure = (name: string, value: number | null): string =>
  metricFacts(name)?.share === true ? readableShare(value) : readableNumber(value);
