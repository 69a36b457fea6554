import type { UploadReport, Violation } from '../verdict.ts';
import { escapeHtml } from './escape-html.ts';

const STYLE = `
:root{color-scheme:light dark;--ink:#1d232a;--soft:#5c6670;--line:#dfe3e8;--paper:#fff;--tint:#f5f7f9;--bad:#b3261e;--warn:#8a5a00}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#9aa4ae;--line:#333b44;--paper:#14181c;--tint:#1c2228;--bad:#ff8a80;--warn:#f0b860}}
*{box-sizing:border-box}
body{margin:0;background:var(--tint);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .4rem;overflow-wrap:anywhere}
h2{font-size:1.1rem;margin:2.4rem 0 .8rem}
p{margin:.3rem 0}
.lead{color:var(--soft)}
dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1.5rem 0}
dl.facts div{background:var(--paper);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem}
dl.facts dt{color:var(--soft);font-size:.8rem}
dl.facts dd{margin:0;font-size:1.25rem;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
article{background:var(--paper);border:1px solid var(--line);border-left:.3rem solid var(--bad);border-radius:.5rem;padding:1rem 1.2rem;margin:0 0 1rem}
article.warn{border-left-color:var(--warn)}
article h3{margin:0 0 .5rem;font:600 1rem/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
article dl{display:grid;grid-template-columns:7rem 1fr;gap:.2rem 1rem;margin:0}
article dt{color:var(--soft)}
article dd{margin:0;overflow-wrap:anywhere}
details{margin-top:.8rem}
summary{cursor:pointer;color:var(--soft)}
table{border-collapse:collapse;margin-top:.5rem;font:.85rem/1.5 ui-monospace,monospace}
th,td{text-align:left;padding:.15rem 1.2rem .15rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
th{color:var(--soft);font-weight:400}
td:first-child{font-variant-numeric:tabular-nums;white-space:nowrap}
i{color:var(--soft)}
@media(max-width:34rem){article dl{grid-template-columns:1fr}article dd{margin-bottom:.4rem}}
`;

/** The report as one HTML page: no script, nothing from the network, every text escaped. */
export function renderReport(report: UploadReport): string {
  const { table, file, rows, reasons, warnings, accepted } = report;
  const title = `${file} ${accepted ? 'was accepted' : 'was not accepted'}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="lead">Table <b>${escapeHtml(table)}</b> of model <b>${escapeHtml(report.model)}</b>, uploaded ${escapeHtml(report.time)}</p>
<dl class="facts">
${fact('Rows read', rows.read)}${fact('Rows accepted', rows.accepted)}${fact('Rows rejected', rows.rejected)}${fact('Rules broken', reasons.length)}${fact('Warnings', warnings.length)}
</dl>
${section('Why', reasons, 'error')}
${section('Warnings', warnings, 'warn')}
<h2>The file</h2>
<p>The uploaded bytes are kept untouched beside this report: ${number(report.size)} bytes, SHA-256 <code>${escapeHtml(report.sha256)}</code>.</p>
<p class="lead">Uploaded as ${escapeHtml(report.key)}</p>
</main>
</body>
</html>
`;
}

const number = (value: number): string => value.toLocaleString('en-US');

const fact = (name: string, value: number): string =>
  `<div><dt>${name}</dt><dd>${number(value)}</dd></div>\n`;

const section = (title: string, violations: readonly Violation[], kind: 'error' | 'warn'): string =>
  violations.length === 0
    ? ''
    : `<h2>${title}</h2>\n${violations.map(violation => article(violation, kind)).join('\n')}`;

const article = (
  { rule, expected, found, examples, advice }: Violation,
  kind: 'error' | 'warn',
): string => `<article class="${kind}">
<h3>${escapeHtml(rule)}</h3>
<dl><dt>Expected</dt><dd>${escapeHtml(expected)}</dd><dt>Found</dt><dd>${escapeHtml(found)}</dd><dt>What to do</dt><dd>${escapeHtml(advice)}</dd></dl>
${exampleTable(examples)}</article>`;

function exampleTable(examples: Violation['examples']): string {
  if (examples.length === 0) return '';
  const rows = examples.map(
    ({ row, value }) =>
      `<tr><td>${row}</td><td>${value === null ? '<i>no value</i>' : escapeHtml(value)}</td></tr>`,
  );
  const summary = examples.length === 1 ? 'The row' : `The first ${examples.length} rows`;
  return `<details open><summary>${summary}</summary><table><tr><th>Row</th><th>Value</th></tr>${rows.join('')}</table></details>\n`;
}
