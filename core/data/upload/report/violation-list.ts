import { type Html, html } from '../../../insights/html.ts';
import type { Violation } from '../verdict.ts';
import { visibleText } from './visible-text.ts';

export const VIOLATION_STYLE = `
article { border: 1px solid var(--line); border-left: .3rem solid var(--bad); border-radius: .5rem; padding: .9rem 1.2rem; margin: 0 0 1rem; }
article.warn { border-left-color: var(--second); }
article h3 { margin: 0 0 .4rem; font: 600 1rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
article dl { display: grid; grid-template-columns: 7rem 1fr; gap: .2rem 1rem; margin: 0; }
article dt { color: var(--soft); } article dd { margin: 0; overflow-wrap: anywhere; }
article details { margin-top: .7rem; } summary { cursor: pointer; color: var(--soft); }
article table { font: .85rem/1.5 ui-monospace, monospace; margin-top: .4rem; } article th { font-weight: 400; color: var(--soft); }
article td { overflow-wrap: anywhere; } article td:first-child { white-space: nowrap; } article i { color: var(--soft); }
@media (max-width: 34rem) { article dl { grid-template-columns: 1fr; } article dd { margin-bottom: .4rem; } }
`;

/** The broken rules under a heading; nothing when there are none. */
export function violationList(
  heading: string,
  violations: readonly Violation[],
  kind: 'error' | 'warn',
): Html | null {
  if (violations.length === 0) return null;
  return html`<h2>${heading}</h2>
${violations.map(violation => article(violation, kind))}`;
}

const article = ({ rule, expected, found, examples, advice }: Violation, kind: 'error' | 'warn'): Html =>
  html`<article class="${kind}">
<h3>${visibleText(rule)}</h3>
<dl>
<dt>Expected</dt><dd>${visibleText(expected)}</dd>
<dt>Found</dt><dd>${visibleText(found)}</dd>
<dt>What to do</dt><dd>${visibleText(advice)}</dd>
</dl>
${exampleTable(examples)}</article>
`;

function exampleTable(examples: Violation['examples']): Html | null {
  if (examples.length === 0) return null;
  const rows = examples.map(
    ({ row, value }) =>
      html`<tr><td>${row}</td><td>${value === null ? html`<i>no value</i>` : visibleText(value)}</td></tr>`,
  );
  return html`<details open><summary>${examples.length === 1 ? 'The row' : `The first ${examples.length} rows`}</summary>
<table><thead><tr><th scope="col">Row</th><th scope="col">Value</th></tr></thead><tbody>${rows}</tbody></table></details>
`;
}
