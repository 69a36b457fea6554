import { stripVTControlCharacters, styleText } from 'node:util';
import { printable } from './printable.ts';

/** Text for stdout in a style, plain where stdout is no terminal. */
export const styled = (style: Parameters<typeof styleText>[0], text: string): string =>
  styleText(style, text, { stream: process.stdout });

/** Rows under headings, aligned; numbers to the right. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return '  none';
  const cells = rows.map(row => row.map(cell => printable(String(cell))));
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...cells.map(row => row[i]?.length ?? 0)),
  );
  const line = (row: readonly string[], numeric: readonly boolean[]) =>
    `  ${row.map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('  ')}`.trimEnd();
  const numeric = headings.map((_, i) => rows.every(row => typeof row[i] === 'number'));
  return [styled('dim', line(headings, numeric)), ...cells.map(row => line(row, numeric))].join('\n');
}

/** Lines cut to a width; whole where it is undefined, as of a file or a pipe. */
export const cutTo = (width: number | undefined, text: string): string =>
  text
    .split('\n')
    .map(line => (width === undefined || line.length <= width ? line : cut(line, width)))
    .join('\n');

/** The styles of a line take no room, and end where they ended. */
function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : line.replace(plain, `${plain.slice(0, width - 1)}…`);
}

export const section = (title: string, body: string): string => `${styled('bold', title)}\n${body}`;

/** Up to four significant digits, as in a table of metrics. */
export const rounded = (value: number): string => String(Number(value.toPrecision(4)));
