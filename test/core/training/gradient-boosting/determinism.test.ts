import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { digests } from './train-in-a-process.ts';

test('models are the same bytes in any process, however warm it is', () => {
  const here = digests();
  const elsewhere = [[], ['--no-opt'], ['--always-sparkplug']].map(options =>
    JSON.parse(
      execFileSync(
        process.execPath,
        [...options, fileURLToPath(new URL('train-in-a-process.ts', import.meta.url)), 'print'],
        { encoding: 'utf8' },
      ),
    ),
  );
  expect(new Set(here).size).toBe(6);
  expect(digests()).toEqual(here);
  for (const other of elsewhere) expect(other).toEqual(here);
});
