import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sqlProblems } from '../../../core/data/sql-problems.ts';
import { validateUpload } from '../../../core/data/upload/validate-upload.ts';
import { inferSpec } from '../../../core/init/infer-spec.ts';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { FileStore } from '../../../core/storage/file-store.ts';
import { dataKeys } from '../../../core/storage/layout.ts';
import { InferenceError } from '../../../core/telemetry/errors.ts';
import { fc } from '../../support/properties.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const time = '2026-08-01T00:00:00Z';
const day = fc
  .integer({ min: 0, max: 400 })
  .map(n => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10));

/** Cells of one column, of one kind each but for a few that are not. */
const cells = fc
  .oneof(
    { weight: 3, arbitrary: fc.constant(day) },
    fc.constant(day.map(text => text.split('-').reverse().join('/'))),
    fc.constant(fc.tuple(day, fc.integer({ min: 0, max: 23 })).map(([date, hour]) => `${date} ${hour}:30`)),
    fc.constant(fc.integer({ min: -1000, max: 1000 }).map(String)),
    fc.constant(fc.integer({ min: 0, max: 99_999 }).map(n => String(n).padStart(5, '0'))),
    fc.constant(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
    fc.constant(
      fc
        .integer({ min: 0, max: 999_999 })
        .map(n => `${Math.floor(n / 100)},${String(n % 100).padStart(2, '0')}`),
    ),
    fc.constant(fc.constantFrom('yes', 'no')),
    fc.constant(fc.constantFrom('north', 'south', 'null', '~', '1e3', '#x', ': y', '- z')),
    fc.constant(fc.string({ unit: 'grapheme', maxLength: 12 })),
    fc.constant(fc.constant('')),
  )
  .chain(value =>
    fc.array(fc.oneof({ weight: 30, arbitrary: value }, fc.constant('')), { minLength: 1, maxLength: 60 }),
  );

const name = fc.oneof(
  fc.constantFrom(
    'date',
    'id',
    'sales',
    'null',
    'no',
    '1',
    'forecast',
    'order',
    'a.b',
    '#',
    '- x',
    '"',
    "'",
    '{}',
    'a: b',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const sample = fc
  .uniqueArray(fc.tuple(name, cells), { selector: ([title]) => title.trim(), minLength: 1, maxLength: 5 })
  .map(columns => {
    const rows = Math.max(...columns.map(([, values]) => values.length));
    const line = (at: (column: readonly [string, readonly string[]]) => string): string =>
      columns.map(column => quoted(at(column))).join(',');
    return [
      line(([title]) => title),
      ...Array.from({ length: rows }, (_, row) => line(([, values]) => values[row % values.length] ?? '')),
    ].join('\n');
  });

test('whatever is inferred from a file is a spec that accepts the file, or is refused in plain words', async () => {
  const folder = temporaryDirectory();
  const outcomes = { inferred: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(sample, async content => {
      const path = join(folder, 'sample.csv');
      writeFileSync(path, content);
      let inference: Awaited<ReturnType<typeof inferSpec>>;
      try {
        inference = await inferSpec('trial', [{ path, file: 'sample.csv' }]);
      } catch (error) {
        expect(error).toBeInstanceOf(InferenceError);
        outcomes.refused++;
        return;
      }
      outcomes.inferred++;
      const { text, spec } = inference;
      expect(parseSpec(text, 'trial.yaml')).toEqual(spec);
      expect(await sqlProblems(spec)).toEqual([]);
      const data = new FileStore(`file://${temporaryDirectory()}`);
      const key = dataKeys.incoming({ model: 'trial', table: 'sample', file: 'sample.csv' });
      await data.putFile(key, path);
      expect((await validateUpload({ data, spec, key, time })).reasons).toEqual([]);
    }),
    { numRuns: 30, seed: 7 },
  );
  expect(outcomes.inferred).toBeGreaterThan(5);
  expect(outcomes.refused).toBeGreaterThan(5);
});
