import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { packSpec } from '../../core/spec/packed-spec.ts';
import { readSpec } from '../../core/spec/parse-spec.ts';
import { PROJECT } from '../../lib/project.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Looks like a line of its own, like a metric, and like a terminal's command. */
const HOSTILE = 'first\n{"_aws":{"Timestamp":0,"CloudWatchMetrics":[]}}\r\n\u001b[31mred\u2028last';

test('what a hostile file is called or holds can neither begin a line of the log nor become a metric', () => {
  const stores = pathToFileURL(temporaryDirectory()).href;
  const module = `
    import { defineStep } from ${JSON.stringify(pathToFileURL(join(PROJECT, 'lambdas', 'step.ts')).href)};
    const input = JSON.parse(process.env.INPUT);
    const done = defineStep('validateUpload', async () => ({ accepted: false, trainingDue: false, hostile: input.key }));
    const failing = defineStep('validateUpload', async () => { throw new Error(input.key); });
    await done(input);
    await failing(input).catch(() => undefined);
  `;
  const spec = packSpec(readSpec(join(PROJECT, 'models', 'departures.yaml')));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', module], {
    encoding: 'utf8',
    env: {
      ...process.env,
      ANTEI_DATA_STORE: stores,
      ANTEI_MODEL_STORE: stores,
      INPUT: JSON.stringify({
        time: '2026-01-01T00:00:00Z',
        spec,
        key: `incoming/departures/flights/${HOSTILE}`,
      }),
    },
  });
  expect(status).toBe(0);
  const lines = `${stdout}${stderr}`.trim().split('\n');
  expect(lines).toHaveLength(2);
  const [done, failed] = lines.map(line => JSON.parse(line));
  expect(done).toMatchObject({ message: 'Step done', step: 'validateUpload' });
  expect(failed).toMatchObject({
    message: 'Step failed',
    error: { message: expect.stringContaining(HOSTILE) },
  });
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(line).not.toMatch(/[\u0000-\u001f]/);
    expect(JSON.parse(line)).not.toHaveProperty('_aws');
    // The packed spec, with its owners' addresses, is no news either.
    expect(line).not.toContain(spec);
  }
});
