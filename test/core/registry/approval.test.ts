import { describe, expect, test } from 'vitest';
import {
  awaitDecision,
  findApproval,
  listApprovals,
  recordDecision,
  requestApproval,
} from '../../../core/registry/approval.ts';
import { approvalRequest } from '../../../core/registry/approval-request.ts';
import { decideApproval } from '../../../core/registry/decide-approval.ts';
import { listEvents } from '../../../core/registry/events.ts';
import { promoteVersion } from '../../../core/registry/promote-version.ts';
import { ApprovalDecidedError, ApprovalError } from '../../../core/telemetry/errors.ts';
import { temporaryStores } from '../../support/forecasting-loop.ts';
import { registerVersions } from '../../support/registered-versions.ts';

const time = '2026-02-01T00:00:00.000Z';
const later = '2026-02-02T00:00:00.000Z';
const expiresAt = '2026-02-08T00:00:00.000Z';

async function setUp() {
  const { models } = temporaryStores();
  await registerVersions(models, [1, 2]);
  const place = { models, model: 'm', version: 2 };
  const request = (at = time) => requestApproval({ ...place, time: at, expiresAt });
  const record = (answer: unknown, at = later) => recordDecision({ ...place, time: at, answer });
  const sent: unknown[] = [];
  const decide = (changed: object = {}) =>
    decideApproval({
      ...{ ...place, approved: true, by: 'local:ada', reason: 'fine', time: later },
      send: async (token, answer) => {
        sent.push([token, answer]);
        return true;
      },
      ...changed,
    });
  return { models, place, request, record, decide, sent };
}

const yes = { approved: true, by: 'local:ada', reason: 'fine' };

describe('an approval', () => {
  test('is asked for once, and recorded once, however often the request is delivered', async () => {
    const { models, request } = await setUp();
    const first = await request();
    expect(await request(later)).toEqual(first);
    expect(await listEvents(models, 'm')).toMatchObject([
      { time, kind: 'approval-requested', actor: 'workflow', summary: 'Version 2 waits for approval' },
    ]);
  });

  test('hands a decision to every execution that waits', async () => {
    const { place, request, decide, sent } = await setUp();
    await request();
    for (const token of ['t1', 't2', 't1']) await awaitDecision({ ...place, token });
    await decide();
    expect(sent).toEqual([
      ['t1', yes],
      ['t2', yes],
    ]);
  });

  test('keeps its first decision, with who, when and why, and forgets the tokens', async () => {
    const { models, place, request, record } = await setUp();
    await request();
    await awaitDecision({ ...place, token: 'the token' });
    expect(await record(yes)).toEqual({ ...yes, time: later });
    expect(await record({ ...yes, approved: false, by: 'local:bob' }, expiresAt)).toEqual({
      ...yes,
      time: later,
    });
    expect(await findApproval(place)).toMatchObject({ tokens: [], decision: { approved: true } });
    const events = await listEvents(models, 'm');
    expect(events.slice(1)).toMatchObject([
      { kind: 'approved', time: later, actor: 'local:ada', summary: 'Version 2 is approved: fine' },
    ]);
    expect(JSON.stringify(events)).not.toContain('the token');
    await expect(request(expiresAt)).rejects.toThrow(ApprovalDecidedError);
    await expect(awaitDecision({ ...place, token: 't9' })).rejects.toThrow(ApprovalDecidedError);
  });

  test('of two decisions at once one is kept', async () => {
    const { request, record } = await setUp();
    await request();
    const decided = await Promise.all(
      Array.from({ length: 10 }, (_, i) => record({ ...yes, approved: i % 2 === 0, by: `local:${i}` })),
    );
    expect(new Set(decided.map(({ by }) => by)).size).toBe(1);
  });

  test.each([
    [{ Error: 'States.Timeout', Cause: '' }, 'expired'],
    [{ approved: 'yes' }, /^the answer was not of the form/],
    [null, /^the answer was not of the form/],
    [{ approved: true, by: '', reason: 'x' }, /^the answer was not of the form/],
  ])('without a clear consent (%j) is a refusal', async (answer, reason) => {
    const { models, request, record } = await setUp();
    await request();
    expect(await record(answer)).toMatchObject({ approved: false, by: 'workflow' });
    expect((await listEvents(models, 'm')).at(-1)).toMatchObject({
      kind: 'rejected',
      details: { reason: reason instanceof RegExp ? expect.stringMatching(reason) : reason },
    });
  });

  test('that was killed before its event is recorded when it is delivered again', async () => {
    const { models, place, request, record } = await setUp();
    await request();
    await record(yes);
    for await (const { key } of models.list('events/m/')) await models.delete(key);
    await recordDecision({ ...place, time: expiresAt, answer: { Error: 'States.Timeout' } });
    expect(await listEvents(models, 'm')).toMatchObject([{ kind: 'approved', time: later }]);
  });
});

describe('decideApproval refuses', () => {
  test('a version that does not wait, and names those that do', async () => {
    const { request, decide } = await setUp();
    await request();
    await expect(decide({ version: 1 })).rejects.toThrow(
      new ApprovalError('Version 1 of m does not wait for approval. Versions that do: 2.'),
    );
  });

  test('a second decision', async () => {
    const { request, record, decide } = await setUp();
    await request();
    await record({ ...yes, approved: false });
    await expect(decide()).rejects.toThrow(
      'Version 2 of m was rejected by local:ada on 2026-02-02 already: fine.',
    );
  });

  test('a decision that comes too late', async () => {
    const { request, decide, sent } = await setUp();
    await request();
    await expect(decide({ time: expiresAt })).rejects.toThrow('was over on 2026-02-08');
    expect(sent).toEqual([]);
  });

  test('when no execution waits any more, and does not name the token', async () => {
    const { place, request, decide } = await setUp();
    await request();
    await awaitDecision({ ...place, token: 'the token' });
    const refused = decide({ send: async () => false });
    await expect(refused).rejects.toThrow('No workflow waits for the decision on version 2 of m');
    await expect(refused).rejects.not.toThrow('the token');
  });
});

test('approvals are listed by version', async () => {
  const { models, request } = await setUp();
  await request();
  await requestApproval({ models, model: 'm', version: 1, time, expiresAt });
  expect((await listApprovals(models, 'm')).map(({ version }) => version)).toEqual([1, 2]);
});

test('the owner is told what it is about, where the model card is, and how to decide', async () => {
  const { models, request } = await setUp();
  await promoteVersion({ models, model: 'm', version: 1, time });
  const { subject, message } = await approvalRequest(models, await request());
  expect(subject).toBe('Antei: version 2 of m waits for approval');
  expect(message.split('\n')).toEqual([
    'Version 2 of m waits for your decision until 2026-02-08 UTC. Then it is rejected as expired.',
    '',
    'What the gate said: r',
    'Made by: mstl, on data until 2026-01-02',
    expect.stringMatching(/^On the test part: .*mase 0\.5/),
    'In production: version 1, on data until 2026-01-01',
    `Model card: ${models.url.replace(/\/$/, '')}/versions/m/2.html`,
    '',
    'Decide, and say why:',
    '  antei approve m 2 --reason "..."',
    '  antei reject m 2 --reason "..."',
  ]);
  const onAws = { ...models, url: 's3://bucket', get: (key: string) => models.get(key) };
  expect((await approvalRequest(onAws, await request())).message).toContain(
    'Model card: https://console.aws.amazon.com/s3/object/bucket?prefix=versions%2Fm%2F2.html',
  );
});
