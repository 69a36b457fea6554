import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cachedBundles } from '../../../lib/functions/cached-bundles.ts';
import { BUNDLED, ENDPOINT, HANDLERS } from '../../../lib/functions/handlers.ts';
import { PROJECT } from '../../../lib/project.ts';

const page = readFileSync(join(PROJECT, 'docs', 'architecture.md'), 'utf8');
const bundles = cachedBundles(BUNDLED);

const rows = [
  ...page.matchAll(/^\| (\w+) \| `(.+)` \| (\d+) \| (\d+ min) \| ([\d.]+) \| (\S+) \| ([^|]+) \|$/gm),
];

test('docs/architecture.md lists every function as it is', () => {
  expect(
    rows.map(([, step, entry, memory, timeout, , beside, layer]) => ({
      step,
      entry,
      memory,
      timeout,
      beside,
      layer,
    })),
  ).toEqual(
    Object.entries(HANDLERS).map(([step, { entry, memory, duckdb, onnx, threads, packageFiles }]) => ({
      step,
      entry,
      memory: String(memory),
      timeout: duckdb ? '15 min' : '1 min',
      beside: packageFiles.length === 0 ? '–' : megabytes(sizeOf(packageFiles) + bundled(threads)),
      layer: [...(duckdb ? ['DuckDB'] : []), ...(onnx ? ['ONNX'] : [])].join(', ') || '–',
    })),
  );
});

test.each(rows.map(([, step, entry = '', , , listed]) => ({ step, entry, listed })))(
  'the size of $step that it lists is within a fifth of the real one',
  ({ entry, listed }) => {
    const real = (bundles.get(entry)?.length ?? 0) / 1e6;
    expect(Number(listed) / real, `listed ${listed}, real ${megabytes(real * 1e6)}`).toBeGreaterThan(0.8);
    expect(Number(listed) / real, `listed ${listed}, real ${megabytes(real * 1e6)}`).toBeLessThan(1.25);
  },
);

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);

const sizeOf = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + statSync(join(PROJECT, 'node_modules', file)).size, 0);

const bundled = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + (bundles.get(file)?.length ?? Number.NaN), 0);

test('the size of the endpoint that it lists is within a fifth of the real one', () => {
  const [, listed] =
    new RegExp(`\`${ENDPOINT.entry}\` \\(3008 MB, 30 s, bundle ([\\d.]+) MB`).exec(page) ?? [];
  const real = bundled([ENDPOINT.entry]) / 1e6;
  expect(Number(listed) / real, `real ${megabytes(real * 1e6)}`).toBeGreaterThan(0.8);
  expect(Number(listed) / real).toBeLessThan(1.25);
});
