import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT } from '../../lib/project.ts';

test('every test that the page on security names is there', () => {
  const page = readFileSync(join(PROJECT, 'docs', 'security.md'), 'utf8');
  const named = [...page.matchAll(/`(test\/[^`]+)`/g)].flatMap(([, path]) => path ?? []);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(path => !existsSync(join(PROJECT, path)))).toEqual([]);
});

test('every threat has a control and a proof', () => {
  const page = readFileSync(join(PROJECT, 'docs', 'security.md'), 'utf8');
  const rows = page.split('\n').filter(line => line.startsWith('| ') && !line.startsWith('| threat'));
  expect(rows.length).toBeGreaterThan(15);
  for (const row of rows) {
    const cells = row
      .slice(1, -1)
      .split(' | ')
      .map(cell => cell.trim());
    expect(cells, row).toHaveLength(3);
    expect(
      cells.filter(cell => cell === ''),
      row,
    ).toEqual([]);
  }
});
