import { describe, expect, test } from 'vitest';
import { listEvents } from '../../../../core/registry/events.ts';
import { promoteVersion } from '../../../../core/registry/promote-version.ts';
import { rollBack } from '../../../../core/registry/roll-back.ts';
import { startRollout } from '../../../../core/registry/rollout.ts';
import { judgedAt, judgeTrial } from '../../../../core/serving/rollout/judge-trial.ts';
import { trialOf } from '../../../../core/spec/release.ts';
import { shopSpec, temporaryStores } from '../../../support/forecasting-loop.ts';
import { predictionLines } from '../../../support/prediction-lines.ts';
import { registerVersions } from '../../../support/registered-versions.ts';

const since = '2026-02-02T10:00:00.000Z';
const spec = { ...shopSpec({ rollout: { canary: 10, minutes: 15, min_requests: 20 } }), name: 'm' };
const plan = trialOf(spec);
if (plan === undefined) throw new Error('The spec asks for a trial.');
const time = judgedAt(plan, since);

async function setUp(errors: number) {
  const { data, models } = temporaryStores();
  await registerVersions(models, [1, 2]);
  await promoteVersion({ models, model: 'm', version: 1, time: '2026-02-01T00:00:00.000Z' });
  await startRollout({ models, model: 'm', version: 2, mode: 'canary', percent: 10, time: since });
  const lines = predictionLines({ model: 'm', time: '2026-02-02T10:05:00.000Z', requests: 60, errors });
  await data.put('prediction-log/m/2026/02/02/10/a.jsonl', lines);
  // Delivered at least once, and with a line that is none.
  await data.put('prediction-log/m/2026/02/02/10/b.jsonl', `${lines}not a line\n`);
  return { models, judge: () => judgeTrial({ data, models, spec, version: 2, time }) };
}

describe('judgeTrial', () => {
  test('is due two minutes after the trial, when the last answers are in the log', () => {
    expect(time).toBe('2026-02-02T10:17:00.000Z');
  });

  test('records its verdict with the numbers, once', async () => {
    const { models, judge } = await setUp(0);
    const good = await judge();
    expect(good).toEqual({
      promote: true,
      reason: 'Version 2 did as well as version 1: 60 requests, 0 errors',
    });
    // Promoted meanwhile: the verdict is the same.
    await promoteVersion({ models, model: 'm', version: 2, time });
    expect(await judge()).toEqual(good);
    const judged = (await listEvents(models, 'm')).filter(({ kind }) => kind === 'rollout-judged');
    expect(judged).toMatchObject([
      {
        ...{ time, actor: 'workflow', summary: good.reason },
        details: {
          ...{
            version: 2,
            champion: 1,
            mode: 'canary',
            since,
            verdict: 'good',
            promote: true,
            unreadable: 1,
          },
          figures: { challenger: { requests: 60, errors: 0 }, pairs: 60, shift: 0 },
        },
      },
    ]);
  });

  test('takes errors for what they are', async () => {
    const { judge } = await setUp(12);
    expect(await judge()).toEqual({
      promote: false,
      reason: 'Version 2 failed at 12 of 60 requests, version 1 at 0 of 60',
    });
  });

  test('says nothing of a version that is not on trial any more', async () => {
    const { models, judge } = await setUp(0);
    await rollBack({ models, model: 'm', time: '2026-02-02T10:09:00Z', actor: 'local:ada', reason: 'no' });
    expect(await judge()).toEqual({ promote: false, reason: 'Version 2 is not on trial any more' });
    expect((await listEvents(models, 'm')).map(({ kind }) => kind)).not.toContain('rollout-judged');
  });
});
