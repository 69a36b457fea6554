import { metricOf } from '../../evaluation/measures.ts';
import { measureLabel } from '../../insights/cards/card-sections.ts';
import { type Html, html, table } from '../../insights/html.ts';
import { lineChart } from '../../insights/line-chart.ts';
import {
  readableMeasure,
  readableMetric,
  readableNumber,
  readableShare,
  readableTime,
} from '../../insights/readable.ts';
import type { ForecastMeasurement, Measurement, PredictionMeasurement } from '../monitoring-record.ts';

/** How good predictions were, where the truth is known. */
export const performanceSection = (record: Measurement): Html =>
  record.task === 'forecasting' ? forecastDetails(record) : predictionDetails(record);

function predictionDetails(record: PredictionMeasurement): Html {
  const { metric, metrics, testError, version } = record;
  const rows = Object.entries(metrics).map(([name, value]) => [
    measureLabel(name),
    readableMeasure(name, value),
  ]);
  return html`<h2>Measures</h2>
<p>Of version ${version}; on the test part ${readableMetric(metric)} was ${readableNumber(testError)}${intervalText(record)}.</p>
${table(['Measure', 'Value'], rows)}`;
}

function forecastDetails(record: ForecastMeasurement): Html {
  const { metrics, coverage, labels, totals, worst, metric } = record;
  const chart = lineChart({
    title: 'Totals of all series: forecast and actual values per period',
    labels: totals.map(({ time }) => readableTime(time)),
    lines: [
      { name: 'Actual', style: 'first', values: totals.map(({ actual }) => actual) },
      { name: 'Forecast', style: 'second', values: totals.map(({ forecast }) => forecast) },
    ],
  });
  return html`<h2>Forecast and what happened</h2>
${chart}
<h2>Measures</h2>
${table(
  ['Measure', 'Value', 'Meaning'],
  [
    [
      readableMetric(metric),
      readableNumber(record.error),
      html`On the test part it was ${readableNumber(record.testError)}${intervalText(record)}${ratioText(record)}`,
    ],
    ['WAPE', readableShare(metrics.wape), 'Absolute errors as a share of what happened'],
    [
      'Bias',
      readableNumber(metrics.bias),
      'Mean error in the unit of the values; positive when forecasts are too high',
    ],
    ['Within 80 % interval', readableShare(coverage[80]), 'Share of what happened; 80 % is nominal'],
    ['Within 95 % interval', readableShare(coverage[95]), 'Share of what happened; 95 % is nominal'],
    [
      'Ground truth',
      readableShare(labels.known / labels.forecast),
      `${labels.known} of ${labels.forecast} forecast values`,
    ],
    ['Versions', record.versions.map(({ version }) => version).join(', '), 'Whose forecasts were in force'],
  ],
)}
<h2>Series with the largest errors</h2>
${table(
  ['Series', readableMetric(metric), 'WAPE', 'Bias'],
  worst.map(({ key, metrics: own }) => [
    key.join(' · ') || 'the only series',
    ...[readableNumber(metricOf(own, metric)), readableShare(own.wape), readableNumber(own.bias)],
  ]),
)}
<h2>Totals</h2>
${table(
  ['Period', 'Actual', 'Forecast', 'Series'],
  totals.map(({ time, actual, forecast, series }) => [
    readableTime(time),
    readableNumber(actual),
    readableNumber(forecast),
    series,
  ]),
)}`;
}

const ratioText = ({ errorRatio }: Measurement): string =>
  errorRatio === null ? '' : `, ${readableNumber(errorRatio)} times that here`;

const intervalText = ({ testInterval }: Measurement): string =>
  testInterval == null
    ? ''
    : ` (${readableShare(testInterval.confidence)} interval ${readableNumber(testInterval.lower)} to ${readableNumber(testInterval.upper)})`;
