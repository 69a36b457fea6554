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
article ul.rows { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 0 1.5rem;
  list-style: none; margin: .4rem 0 0; padding: 0; font: .85rem/1.6 ui-monospace, monospace; }
article ul.rows li { display: flex; gap: .8rem; border-bottom: 1px solid var(--line); }
article ul.rows b { font-weight: 400; color: var(--soft); min-width: 3rem; text-align: right; }
article ul.rows span { overflow-wrap: anywhere; min-width: 0; } article i { color: var(--soft); }
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
${exampleList(examples)}</article>
`;

function exampleList(examples: Violation['examples']): Html | null {
  if (examples.length === 0) return null;
  const rows = examples.map(
    ({ row, value }) =>
      html`<li><b>${row}</b> <span>${value === null ? html`<i>no value</i>` : visibleText(value)}</span></li>`,
  );
  return html`<details open><summary>${examples.length === 1 ? 'The row' : `The first ${examples.length} rows`}, by line or row number</summary>
<ul class="rows">${rows}</ul></details>
`;
}
