import { RefusedRequest } from './refusal.ts';

/**
 * Rows of CSV as clients write it (RFC 4180): commas, quotes doubled within quotes, LF or CRLF. An empty cell that is
 * not quoted is undefined. Lines without any character are left out.
 * @throws RefusedRequest where a quote is not closed, or text follows one.
 */
export function csvRows(text: string): (string | undefined)[][] {
  const rows: (string | undefined)[][] = [];
  let row: (string | undefined)[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const { cell, end } = text[at] === '"' ? quotedCell(text, at, rows.length) : plainCell(text, at);
    row.push(cell);
    at = end;
    if (text[at] === ',') {
      at++;
      // A comma at the very end opens one more cell.
      if (at === text.length) row.push(undefined);
      else if (text[at] === '\n' || text[at] === '\r') row.push(undefined);
      else continue;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    at++;
    if (row.length > 1 || row[0] !== undefined) rows.push(row);
    row = [];
  }
  return rows;
}

interface Cell {
  readonly cell: string | undefined;
  /** Where the comma, the line's end or the text's end is. */
  readonly end: number;
}

function plainCell(text: string, from: number): Cell {
  let end = from;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++;
  return { cell: end === from ? undefined : text.slice(from, end), end };
}

function quotedCell(text: string, from: number, row: number): Cell {
  let cell = '';
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw new RefusedRequest(400, `Line ${row + 1} of the CSV: a quote is not closed.`);
    cell += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      const next = text[quote + 1];
      if (next !== undefined && next !== ',' && next !== '\n' && next !== '\r') {
        throw new RefusedRequest(400, `Line ${row + 1} of the CSV: text follows a closing quote.`);
      }
      return { cell, end: quote + 1 };
    }
    cell += '"';
    at = quote + 2;
  }
}
