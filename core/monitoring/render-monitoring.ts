import { labelOf, short } from '../evaluation/gate.ts';
import { type Html, html, page, table } from '../insights/html.ts';
import { lineChart } from '../insights/line-chart.ts';
import { readableTime } from '../insights/readable-time.ts';
import type { Measurement, MonitoringRecord } from './monitoring-record.ts';

/** A measured window as a page that stands alone. Equal records give equal text. */
export function renderMonitoring(record: MonitoringRecord): string {
  const title = `${record.model}: forecasts against what happened`;
  const lead = html`<p class="lead">${record.summary}.</p>
<p class="soft">Window ${record.window}.</p>\n`;
  return page({ title, body: record.measured ? html`${lead}${details(record)}` : lead });
}

function details(record: Measurement): Html {
  const { metrics, coverage, labels, totals, worst, metric } = record;
  const chart = lineChart({
    title: 'Totals of all series: forecast and actual values per period',
    labels: totals.map(({ time }) => readableTime(time)),
    lines: [
      { name: 'Actual', style: 'first', values: totals.map(({ actual }) => actual) },
      { name: 'Forecast', style: 'second', values: totals.map(({ forecast }) => forecast) },
    ],
  });
  return html`${chart}
<h2>Measures</h2>
${table(
  ['Measure', 'Value', 'Meaning'],
  [
    [
      labelOf(metric),
      number(record.error),
      html`On the test part it was ${number(record.testError)}${ratioText(record)}`,
    ],
    ['WAPE', percent(metrics.wape), 'Absolute errors as a share of what happened'],
    [
      'Bias',
      number(metrics.bias),
      'Mean error in the unit of the values; positive when forecasts are too high',
    ],
    ['Within 80 % interval', percent(coverage[80]), 'Share of what happened; 80 % is nominal'],
    ['Within 95 % interval', percent(coverage[95]), 'Share of what happened; 95 % is nominal'],
    [
      'Ground truth',
      percent(labels.known / labels.forecast),
      `${labels.known} of ${labels.forecast} forecast values`,
    ],
    ['Versions', record.versions.map(({ version }) => version).join(', '), 'Whose forecasts were in force'],
  ],
)}
<h2>Series with the largest errors</h2>
${table(
  ['Series', labelOf(metric), 'WAPE', 'Bias'],
  worst.map(({ key, metrics: own }) => [
    key.join(' · ') || 'the only series',
    ...[number(own[metric]), percent(own.wape), number(own.bias)],
  ]),
)}
<h2>Totals</h2>
${table(
  ['Period', 'Actual', 'Forecast', 'Series'],
  totals.map(({ time, actual, forecast, series }) => [
    readableTime(time),
    number(actual),
    number(forecast),
    series,
  ]),
)}`;
}

const ratioText = ({ errorRatio }: Measurement): string =>
  errorRatio === null ? '' : `, ${short(errorRatio)} times that here`;
const number = (value: number | null): string => (value === null ? 'none' : short(value));
const percent = (value: number | null): string =>
  value === null || !Number.isFinite(value) ? 'none' : `${(value * 100).toFixed(1)} %`;
