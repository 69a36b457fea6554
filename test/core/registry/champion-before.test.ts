import { expect, test } from 'vitest';
import { championBefore } from '../../../core/registry/champion-before.ts';
import { promoteVersion } from '../../../core/registry/promote-version.ts';
import { rollBack } from '../../../core/registry/roll-back.ts';
import { endRollout, startRollout } from '../../../core/registry/rollout.ts';
import { temporaryStores } from '../../support/forecasting-loop.ts';
import { registerVersions } from '../../support/registered-versions.ts';

const model = 'm';
const at = (day: number, hour = 0): string => new Date(Date.UTC(2026, 1, day, hour)).toISOString();

test('what was in production is what the log says, whatever happened since', async () => {
  const { models } = temporaryStores();
  const before = async (...days: number[]) => {
    const found = [];
    for (const day of days) found.push(await championBefore(models, model, new Date(at(day))));
    return found;
  };
  expect(await before(1)).toEqual([undefined]);
  await registerVersions(models, [1, 2, 3]);
  await promoteVersion({ models, model, version: 1, time: at(2) });
  await promoteVersion({ models, model, version: 2, time: at(4) });
  expect(await before(1, 2, 3, 4, 5)).toEqual([undefined, undefined, 1, 1, 2]);
  await startRollout({ models, model, version: 3, mode: 'canary', percent: 10, time: at(6) });
  await endRollout({ models, model, version: 3, time: at(6, 12), reason: 'slow' });
  await rollBack({ models, model, time: at(8), actor: 'local:ada', reason: 'it hurt' });
  expect(await before(1, 2, 3, 4, 5, 7, 8, 9)).toEqual([undefined, undefined, 1, 1, 2, 2, 2, 1]);
});

test('of two changes of one moment the later one counts', async () => {
  const { models } = temporaryStores();
  await registerVersions(models, [1, 2]);
  await promoteVersion({ models, model, version: 1, time: at(2) });
  await promoteVersion({ models, model, version: 2, time: at(2) });
  await rollBack({ models, model, time: at(2), actor: 'workflow', reason: 'it hurt' });
  await rollBack({ models, model, to: 2, time: at(6), actor: 'local:ada', reason: 'it did not' });
  expect(await championBefore(models, model, new Date(at(4)))).toBe(1);
  expect(await championBefore(models, model, new Date(at(7)))).toBe(2);
});
