import { type Html, html, page } from '../../../insights/html.ts';
import { readableTime } from '../../../insights/readable.ts';
import type { UploadReport } from '../verdict.ts';
import { columnTable } from './column-table.ts';
import { CHART_STYLE } from './distribution-chart.ts';
import { VIOLATION_STYLE, violationList } from './violation-list.ts';
import { visibleText } from './visible-text.ts';

const STYLE = `
h1 { overflow-wrap: anywhere; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.5rem 0; }
dl.facts div { background: var(--panel); border-radius: .5rem; padding: .6rem .9rem; }
dl.facts dt { color: var(--soft); font-size: .8rem; }
dl.facts dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
`;

/** The report as one HTML page: no script, nothing from the network, every text escaped. */
export function renderReport(report: UploadReport): string {
  const { table, file, model, time, rows, reasons, warnings, accepted } = report;
  return page({
    title: `${visibleText(file) || 'A file without a name'} ${outcome(report)}`,
    style: STYLE + VIOLATION_STYLE + CHART_STYLE,
    body: html`<p class="lead">Table <b>${visibleText(table)}</b> of model <b>${model}</b>, uploaded ${readableTime(time)} UTC</p>
<dl class="facts">
${fact('Rows read', rows.read)}${fact('Rows accepted', rows.accepted)}${fact('Rows rejected', rows.rejected)}${fact('Rules broken', reasons.length)}${fact('Warnings', warnings.length)}</dl>
${violationList(accepted ? 'Why rows were left out' : 'Why', reasons, 'error')}
${violationList('Warnings', warnings, 'warn')}
${columnTable(report)}
<h2>The file</h2>
<p>${isWhole(report) ? 'The upload was accepted whole' : 'The uploaded bytes are kept untouched beside this report'}: ${report.size.toLocaleString('en-US')} bytes, SHA-256 <code>${report.sha256}</code>.</p>
<p class="soft">Uploaded as ${visibleText(report.key)}</p>
`,
  });
}

const isWhole = ({ accepted, rows }: UploadReport): boolean => accepted && rows.rejected === 0;

function outcome(report: UploadReport): string {
  const { accepted, rows, warnings } = report;
  if (!accepted) return 'was not accepted';
  if (isWhole(report))
    return `was accepted with ${warnings.length === 1 ? 'a warning' : `${warnings.length} warnings`}`;
  return rows.rejected === 1 ? 'was accepted without one row' : `was accepted without ${rows.rejected} rows`;
}

const fact = (name: string, value: number): Html =>
  html`<div><dt>${name}</dt><dd>${value.toLocaleString('en-US')}</dd></div>
`;
