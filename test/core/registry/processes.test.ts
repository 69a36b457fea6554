import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { listEvents } from '../../../core/registry/events.ts';
import { readProduction } from '../../../core/registry/production.ts';
import { promoteVersion } from '../../../core/registry/promote-version.ts';
import { standingSchema } from '../../../core/registry/standing.ts';
import { openStore } from '../../../core/storage/open-store.ts';
import { at } from '../../support/production-operations.ts';
import { registerVersions } from '../../support/registered-versions.ts';
import { replayEvents } from '../../support/replay-events.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { operationSchema } from './decide-in-a-process.ts';

const PROCESSES = 5;
const EACH = 10;

test('fifty promotions and rollbacks of five processes at once are explained by the event log', async () => {
  const url = pathToFileURL(temporaryDirectory()).href;
  const models = openStore(url);
  await registerVersions(models, [5, 1, 3, 3, 6, 2]);
  await promoteVersion({ models, model: 'm', version: 2, time: at(0) });
  const program = join(import.meta.dirname, 'decide-in-a-process.ts');
  const processes = Array.from({ length: PROCESSES }, (_, i) =>
    spawn(process.execPath, [program, 'decide', url, String(1 + i * EACH), String(EACH)]),
  );
  const outputs = processes.map(linesOf);
  // Nobody begins before all of them can.
  await Promise.all(outputs.map(async lines => expect((await lines.next()).value).toBe('ready')));
  for (const one of processes) one.stdin.write('go\n');
  const outcomes = (await Promise.all(outputs.map(lines => Array.fromAsync(lines))))
    .flat()
    .map(line => operationSchema.parse(JSON.parse(line)));
  expect(outcomes).toHaveLength(PROCESSES * EACH);

  const events = await listEvents(models, 'm');
  const production = await readProduction(models, 'm');
  expect(replayEvents(events)).toEqual(production && standingSchema.parse(production));
  // Who was told that production changed finds the event of it, and nobody else does.
  const changed = outcomes.filter(({ outcome }) => outcome.promoted === true || outcome.rolledBack === true);
  const told = events.filter(({ details }) => 'revision' in details).map(({ time }) => time);
  expect(told.slice(1).sort()).toEqual(changed.map(({ time }) => time).sort());
  expect(changed.length).toBeGreaterThan(0);
}, 120_000);

async function* linesOf({ stdout, stderr }: ChildProcessWithoutNullStreams): AsyncGenerator<string> {
  stderr.pipe(process.stderr);
  yield* createInterface({ input: stdout });
}
