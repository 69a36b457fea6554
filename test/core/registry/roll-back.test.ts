import { describe, expect, test } from 'vitest';
import { recordDecision, requestApproval } from '../../../core/registry/approval.ts';
import { listEvents } from '../../../core/registry/events.ts';
import { readChallenger, readProduction } from '../../../core/registry/production.ts';
import { promoteVersion } from '../../../core/registry/promote-version.ts';
import { rollBack } from '../../../core/registry/roll-back.ts';
import { endRollout, startRollout } from '../../../core/registry/rollout.ts';
import { ObjectNotFoundError } from '../../../core/telemetry/errors.ts';
import { temporaryStores } from '../../support/forecasting-loop.ts';
import { registerVersions } from '../../support/registered-versions.ts';

const at = (day: number): string => `2026-02-${String(day).padStart(2, '0')}T00:00:00.000Z`;

/** Versions 1, 2, … on data of January 1, 2, …; the first `promoted` of them went into production. */
async function setUp(versions: number, promoted: number) {
  const { models } = temporaryStores();
  await registerVersions(
    models,
    Array.from({ length: versions }, (_, i) => i + 1),
  );
  const promote = (version: number, time = at(version)) =>
    promoteVersion({ models, model: 'm', version, time });
  for (let version = 1; version <= promoted; version++) await promote(version);
  const back = (time: string, where: { to?: number; from?: number } = {}) =>
    rollBack({ models, model: 'm', time, ...where, actor: 'local:ada', reason: 'it hurt' });
  const tryOut = (version: number, time = at(version)) =>
    startRollout({ models, model: 'm', version, mode: 'canary', percent: 10, time });
  return { models, promote, back, tryOut, production: () => readProduction(models, 'm') };
}

describe('rollBack', () => {
  test('goes to the champion before, and on to the one before that', async () => {
    const { back, production } = await setUp(3, 3);
    expect(await back(at(10))).toEqual({
      rolledBack: true,
      from: 3,
      to: 2,
      reason: 'Version 2 is in production again, in place of version 3',
    });
    expect(await back(at(11))).toMatchObject({ rolledBack: true, from: 2, to: 1 });
    expect(await production()).toMatchObject({
      ...{ champion: 1, promotedAt: at(11), dataEnd: '2026-01-01T00:00:00.000Z' },
      ...{ previous: null, earlier: [], takenBack: [2, 3] },
    });
    expect(await back(at(12))).toEqual({
      rolledBack: false,
      from: null,
      to: 1,
      reason: 'There is no version before version 1 that one could go back to',
    });
  });

  test('does not go to a version that a person rejected, but to one that nobody decided on in time', async () => {
    const { models, back, production } = await setUp(5, 3);
    const decide = async (version: number, answer: unknown) => {
      const asked = { models, model: 'm', version, time: at(4), expiresAt: at(9) };
      await requestApproval(asked);
      await recordDecision({ ...asked, time: at(5), answer });
    };
    await decide(2, { approved: true, by: 'local:ada', reason: 'fine' });
    await decide(4, { approved: false, by: 'local:ada', reason: 'learned from the strike' });
    await decide(5, { Error: 'States.Timeout', Cause: '' });
    expect(await back(at(10), { to: 4 })).toEqual({
      ...{ rolledBack: false, from: null, to: 3 },
      reason: 'Version 4 was rejected by local:ada on 2026-02-05: learned from the strike',
    });
    expect(await production()).toMatchObject({ champion: 3 });
    expect(await back(at(11), { to: 2 })).toMatchObject({ rolledBack: true, to: 2 });
    expect(await back(at(12), { to: 5 })).toMatchObject({ rolledBack: true, to: 5 });
  });

  test('the same one again is done once, also after others', async () => {
    const { back, promote, production } = await setUp(4, 3);
    const first = await back(at(10));
    expect(await back(at(10))).toEqual(first);
    await promote(4, at(11));
    expect(await back(at(10))).toEqual(first);
    expect(await production()).toMatchObject({ champion: 4, previous: 2, earlier: [1] });
  });

  test('what was taken back, and what is older than that, no delivery puts back; what is newer goes on', async () => {
    const { back, promote, production } = await setUp(4, 1);
    await promote(3);
    await back(at(10));
    expect(await promote(3, at(11))).toEqual({
      promoted: false,
      reason: 'Version 3 was taken back; a person puts it into production again by antei rollback m --to 3',
    });
    expect(await promote(2, at(11))).toEqual({
      promoted: false,
      reason:
        'Version 2 was built on data until 2026-01-02, which is older than the data of version 3 that was taken back ' +
        '(until 2026-01-03)',
    });
    expect(await production()).toMatchObject({ champion: 1 });
    expect(await promote(4, at(11))).toMatchObject({ promoted: true });
  });

  test('to a version takes back all that came after it; that version may come back by hand', async () => {
    const { back, production } = await setUp(4, 4);
    expect(await back(at(10), { to: 2 })).toMatchObject({ from: 4, to: 2 });
    expect(await production()).toMatchObject({ previous: 1, earlier: [], takenBack: [3, 4] });
    expect(await back(at(11), { to: 4 })).toMatchObject({ from: 2, to: 4 });
    expect(await production()).toMatchObject({ previous: 2, earlier: [1], takenBack: [3] });
    expect(await back(at(12), { to: 4 })).toMatchObject({
      rolledBack: false,
      reason: 'Version 4 is in production already',
    });
    await expect(back(at(13), { to: 9 })).rejects.toThrow(ObjectNotFoundError);
  });

  test('during a trial ends the trial, and the champion stays', async () => {
    const { back, tryOut, production, models } = await setUp(3, 2);
    await tryOut(3);
    expect(await readChallenger(models, 'm')).toMatchObject({ version: 3 });
    expect(await back(at(10))).toEqual({
      rolledBack: true,
      from: 3,
      to: 2,
      reason: 'Version 3 is taken back from its trial; version 2 stays in production',
    });
    expect(await production()).toMatchObject({ champion: 2, previous: 1, challenger: null, takenBack: [3] });
  });

  test('of the champion during a trial ends the trial too', async () => {
    const { back, tryOut, production } = await setUp(3, 2);
    await tryOut(3);
    expect(await back(at(10), { from: 2 })).toMatchObject({ from: 2, to: 1 });
    expect(await production()).toMatchObject({ champion: 1, challenger: null, takenBack: [2, 3] });
  });

  test('of a version that is gone meanwhile does nothing', async () => {
    const { back } = await setUp(3, 3);
    expect(await back(at(10), { from: 2 })).toEqual({
      rolledBack: false,
      from: null,
      to: 3,
      reason: 'Version 2 is not in production any more; version 3 is',
    });
  });

  test('of nothing says so', async () => {
    const { back } = await setUp(1, 0);
    expect(await back(at(10))).toEqual({
      ...{ rolledBack: false, from: null, to: null, reason: 'Nothing of m is in production' },
    });
  });

  test('its event says who, when, why, and what stood there before and after', async () => {
    const { back, models } = await setUp(2, 2);
    await back(at(10));
    const { details, ...event } = (await listEvents(models, 'm')).at(-1) ?? { details: {} };
    expect(event).toMatchObject({ kind: 'rolled-back', time: at(10), actor: 'local:ada' });
    expect(details).toMatchObject({
      ...{ reason: 'it hurt', version: 2, from: 2, to: 1, revision: 3 },
      before: { champion: 2, previous: 1, takenBack: [] },
      after: { champion: 1, previous: null, takenBack: [2] },
    });
  });
});

describe('a trial', () => {
  test('begins beside the champion, once', async () => {
    const { tryOut, production } = await setUp(2, 1);
    expect(await tryOut(2)).toEqual({
      since: at(2),
      reason: 'Version 2 answers 10 % of the requests, beside version 1 in production',
    });
    expect(await tryOut(2, at(9))).toEqual({ since: at(2), reason: 'Version 2 is on trial already' });
    const challenger = { version: 2, mode: 'canary', percent: 10, since: at(2) };
    expect(await production()).toMatchObject({ champion: 1, challenger });
  });

  test('needs a champion', async () => {
    const { tryOut, production } = await setUp(1, 0);
    expect(await tryOut(1)).toEqual({ since: null, reason: 'There is no champion yet to compare it with' });
    expect(await production()).toBeUndefined();
  });

  test('a newer version takes the place of an older one, and not the other way round', async () => {
    const { tryOut, promote, production } = await setUp(4, 1);
    await tryOut(2);
    expect(await tryOut(4)).toMatchObject({ since: at(4) });
    expect(await tryOut(3)).toMatchObject({ since: null });
    expect(await promote(3)).toEqual({
      promoted: false,
      reason:
        'Version 3 was built on data until 2026-01-03, which is older than the data of version 4 on trial (until 2026-01-04)',
    });
    expect(await production()).toMatchObject({ champion: 1, challenger: { version: 4 } });
  });

  test('ends with the promotion of the version, or by taking it back', async () => {
    const { tryOut, promote, production, models } = await setUp(3, 1);
    await tryOut(2);
    await promote(2, at(9));
    expect(await production()).toMatchObject({ champion: 2, previous: 1, challenger: null, takenBack: [] });
    await tryOut(3);
    const end = () => endRollout({ models, model: 'm', version: 3, time: at(12), reason: 'slow' });
    const ended = {
      ended: true,
      reason: 'Version 3 is taken back from its trial; version 2 stays in production',
    };
    expect([await end(), await end()]).toEqual([ended, ended]);
    expect(await production()).toMatchObject({ champion: 2, challenger: null, takenBack: [3] });
    expect(await tryOut(3, at(20))).toMatchObject({ since: null });
  });
});
