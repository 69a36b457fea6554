import { type Html, html, table } from '../../../insights/html.ts';
import { readableTime } from '../../../insights/readable.ts';
import type { ColumnStatistics } from '../../accepted-parts.ts';
import { percent } from '../contract/outcome.ts';
import type { UploadReport } from '../verdict.ts';
import { distributionChart } from './distribution-chart.ts';
import { visibleText } from './visible-text.ts';

/** Every column that could be read: what is in it, and how it lies beside the previous part. */
export function columnTable({ columns, previous, described }: UploadReport): Html | null {
  const names = Object.keys(columns);
  if (names.length === 0) return null;
  const legend =
    previous === null
      ? 'There is no accepted part to compare with yet.'
      : `Filled: this file. Outlined: ${visibleText(previous.file)}, accepted ${readableTime(previous.acceptedAt)} UTC with ${previous.rows.toLocaleString('en-US')} rows.`;
  return html`<h2>Columns</h2>
<p class="soft">${legend}</p>
${table(
  ['Column', 'Without value', 'Distinct', 'Range', 'Mean', 'Distribution'],
  Object.entries(columns).map(([name, { now, previous: before }]) => [
    html`<b>${visibleText(name)}</b><br><span class="soft">${now.type}</span>`,
    described === 0 ? '' : percent(now.missing / described),
    now.distinct.toLocaleString('en-US'),
    rangeOf(now),
    now.mean === null ? '' : String(Number(now.mean.toPrecision(5))),
    distributionChart(name, now, before) ?? '',
  ]),
)}`;
}

const rangeOf = ({ min, max }: ColumnStatistics): string =>
  min === null || max === null ? '' : min === max ? shortened(min) : `${shortened(min)} to ${shortened(max)}`;

const shortened = (value: string): string =>
  visibleText(value.length > 24 ? `${value.slice(0, 23)}…` : value);
