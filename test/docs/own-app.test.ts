import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { PROJECT } from '../../lib/project.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const EXAMPLE = join(PROJECT, 'docs', 'examples', 'own-app.ts');

test('the example of an app of ones own has ten lines', () => {
  expect(readFileSync(EXAMPLE, 'utf8').trim().split('\n').length).toBeLessThanOrEqual(10);
});

test('it synthesizes the platform and a model, under its own names, into the account that it names', () => {
  const outdir = temporaryDirectory();
  // This machine's native library stands for the one that a deployment would fetch.
  const source = readFileSync(EXAMPLE, 'utf8')
    .replaceAll("'../../lib/", `'${PROJECT}/lib/`)
    .replace("'linux-arm64'", "'host'");
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', source], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const read = (file: string): unknown => JSON.parse(readFileSync(join(outdir, file), 'utf8'));
  const { artifacts } = z
    .object({
      artifacts: z.record(z.string(), z.object({ type: z.string(), environment: z.string().optional() })),
    })
    .parse(read('manifest.json'));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  expect(stacks.map(([id, { environment }]) => [id, environment])).toEqual([
    ['Forecasting', 'aws://111122223333/eu-west-1'],
    ['Departures', 'aws://111122223333/eu-west-1'],
  ]);
  expect(JSON.stringify(read('Departures.template.json'))).toContain('"/antei/team/models/departures"');
});
