/** Markup that is safe to put into a page. Only `html` makes it, so whatever else is interpolated gets escaped. */
export class Html {
  readonly #markup: string;

  constructor(strings: readonly string[], values: readonly HtmlValue[]) {
    this.#markup = strings.map((text, i) => text + (i < values.length ? markupOf(values[i]) : '')).join('');
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in `${…}` of `html`: markup stays as it is, lists are joined, nothing is nothing, the rest is text. */
export type HtmlValue = Html | string | number | boolean | null | undefined | readonly HtmlValue[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand between tags and within quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, character => ENTITIES[character] ?? '');

function markupOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(markupOf).join('');
  return escapeHtml(String(value));
}

/** Markup with every interpolated value escaped: html`<p>${text}</p>`. Attributes must be quoted. */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Html(strings, values);

/** What people read as a number: with a sign, decimals, an exponent, a percent sign. */
const READS_AS_NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?( %)?$/;

const isNumeric = (cell: HtmlValue): boolean =>
  typeof cell === 'number' || (typeof cell === 'string' && READS_AS_NUMBER.test(cell));

/** A table with a heading row. Numbers are set to the right, and so is the heading of a column that has nothing else. */
export function table(headings: readonly string[], rows: readonly (readonly HtmlValue[])[]): Html {
  const numeric = headings.map((_, i) => rows.length > 0 && rows.every(row => isNumeric(row[i])));
  const heading = (text: string, i: number) =>
    numeric[i] ? html`<th scope="col" class="number">${text}</th>` : html`<th scope="col">${text}</th>`;
  const cell = (value: HtmlValue) =>
    isNumeric(value) ? html`<td class="number">${value}</td>` : html`<td>${value}</td>`;
  return html`<div class="scroll"><table>
<thead><tr>${headings.map(heading)}</tr></thead>
<tbody>${rows.map(row => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>\n`;
}

/** No colour carries meaning alone; both schemes keep a contrast of at least 4.5 to 1. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5a6472; --line: #d5dae1; --paper: #fff; --panel: #f4f6f8;
  --first: #1f5fbf; --second: #b3500b; --good: #1b7340; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #a3adba; --line: #39424f; --paper: #14181e;
  --panel: #1d232b; --first: #7fb0ff; --second: #f0a35e; --good: #6fcf97; --bad: #ff8a80; } }
body { font: 16px/1.5 system-ui, "Noto Sans JP", sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2rem; }
p.lead { font-size: 1.1rem; } .soft { color: var(--soft); } .good { color: var(--good); } .bad { color: var(--bad); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; min-width: 20rem; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
code { background: var(--panel); padding: 0 .25em; overflow-wrap: anywhere; } pre { background: var(--panel); padding: 1rem; overflow-x: auto; }
svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
`;

/** A page that stands alone: no script, and nothing is fetched, which its own policy forbids too. */
export function page({
  title,
  body,
  style = '',
  language = 'en',
}: {
  title: string;
  body: HtmlValue;
  /** Rules beyond those that every page has. */
  style?: string;
  language?: string;
}): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${new Html([STYLE + style], [])}</style>
</head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`.toString();
}
