import { type Html, html } from '../../insights/html.ts';
import { lineChart } from '../../insights/line-chart.ts';
import { readableMetric, readableTime } from '../../insights/readable.ts';
import type { MonitoringRecord } from '../monitoring-record.ts';

/** The metric over the windows before, measured and estimated; nothing where there are fewer than two. */
export function historySection(history: readonly MonitoringRecord[]): Html {
  const metric = history
    .map(record => (record.measured ? record.metric : record.estimated?.metric))
    .findLast(name => name !== undefined);
  const own = history.filter(
    record => (record.measured ? record.metric : record.estimated?.metric) === metric,
  );
  if (metric === undefined || own.length < 2) return html``;
  const expected = own.map(record =>
    record.measured ? record.testError : (record.estimated?.testError ?? null),
  );
  const drifts = own.map(({ drift }) => drift?.share ?? null);
  const labels = own.map(({ from }) => readableTime(from));
  return html`<h2>Windows until now</h2>
${lineChart({
  title: `${readableMetric(metric)} per window: measured, and on the test part`,
  labels,
  lines: [
    {
      name: `${readableMetric(metric)}, measured`,
      style: 'first',
      values: own.map(one => (one.measured ? one.error : null)),
    },
    { name: 'on the test part', style: 'second', values: expected },
  ],
})}
${
  drifts.every(share => share === null)
    ? ''
    : lineChart({
        title: 'Share of drifted features or series per window, and the share that counts as drift',
        labels,
        lines: [
          { name: 'share that drifted', style: 'first', values: drifts },
          {
            name: 'counts as drift',
            style: 'second',
            values: own.map(({ drift }) => drift?.threshold ?? null),
          },
        ],
      })
}`;
}
