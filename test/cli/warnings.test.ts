import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { antei } from '../support/antei.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const SPEC = `name: stock
stage: data
task: forecasting
tables:
  counts:
    time: day
    columns:
      day: { type: date, required: true }
      pieces: { type: integer, max: 100, severity: warn }
series: { table: counts, time: day, every: 1 day, value: sum(pieces) }
horizon: 1
`;

test('a file that is accepted with warnings: what is remarkable, and where its report lies', () => {
  const folder = temporaryDirectory();
  const [spec, file, state] = ['stock.yaml', 'counts.csv', 'state'].map(name => join(folder, name));
  writeFileSync(spec ?? '', SPEC);
  writeFileSync(file ?? '', 'day,pieces\n2026-01-01,7\n2026-01-02,700\n');
  const { code, stdout } = antei(
    ...['run', '--spec', spec ?? '', '--table', `counts=${file}`, '--state', state ?? ''],
  );
  expect(code).toBe(0);
  expect(stdout).toContain(`Accepted with warnings
  file        table   rule        rows
  counts.csv  counts  pieces.max     1
`);
  const path = /warnings\s+(\S+\.html)/.exec(stdout)?.[1] ?? '';
  expect(readFileSync(path, 'utf8')).toContain('counts.csv was accepted with a warning');

  const events = antei('events', 'stock', '--state', state ?? '');
  expect(events.stdout).toContain('counts.csv was accepted into counts: 2 rows; warnings: pieces.max');
  expect(events.stdout).toContain(path);
});
