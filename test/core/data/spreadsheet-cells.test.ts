import { expect, test } from 'vitest';
import { withDuckDb } from '../../../core/data/duckdb.ts';
import { literal } from '../../../core/data/quote.ts';
import { spreadsheetCell, spreadsheetHeading } from '../../../core/data/spreadsheet-cells.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test.each([
  // What a spreadsheet would run.
  ['=1+1', "'=1+1"],
  ["=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"],
  ['+33 1 40 20 53 17', "'+33 1 40 20 53 17"],
  ['-1+cmd', "'-1+cmd"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', "'\r=1"],
  ['\n=1', "'\n=1"],
  ['-', "'-"],
  ['-1\n=2', "'-1\n=2"],
  // What it would not.
  ['-5', '-5'],
  ['+.5', '+.5'],
  ['-1.25e-3', '-1.25e-3'],
  ['a=1', 'a=1'],
  ["'=1", "'=1"],
  [' =1', ' =1'],
  ['', ''],
  ['2026-01-01', '2026-01-01'],
])('the text %j stands in a CSV as %j', async (text, cell) => {
  const found = await withDuckDb({ paths: [temporaryDirectory()], threads: 1 }, async connection => {
    const reader = await connection.runAndReadAll(
      `SELECT ${spreadsheetCell('t')} FROM (SELECT ${literal(text)}::VARCHAR AS t)`,
    );
    return reader.getRows()[0]?.[0];
  });
  expect(found).toBe(cell);
});

test.each([
  ['=HYPERLINK("x")', '\'=HYPERLINK("x")'],
  ['-5', "'-5"],
  ['price', 'price'],
])('the heading %j is %j', (name, heading) => {
  expect(spreadsheetHeading(name)).toBe(heading);
});
