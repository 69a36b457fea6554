import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { antei } from '../support/antei.ts';
import { HOURLY_LOAD_SPEC, hourlyLoadCsv } from '../support/hourly-load.ts';
import { predictionLines } from '../support/prediction-lines.ts';
import { workspace } from '../support/workspace.ts';

/**
 * Approval, trial and rollback through the real command, the synthesized template and the bundled handlers. Every
 * command is a process of its own, so that every decision comes after a restart. The steps build on one another.
 */
const { directory, state, file } = workspace();
const spec = join(directory, 'load.yaml');

const eventSchema = z.object({ kind: z.string(), time: z.string(), actor: z.string(), summary: z.string() });
const answerSchema = z.looseObject({
  events: z.array(eventSchema).optional(),
  production: z.looseObject({ champion: z.int() }).nullish(),
});

function ask(...args: string[]) {
  const { code, stdout, stderr } = antei(...args, '--state', state, '--models', directory, '--json');
  return { code, stderr, answer: stdout === '' ? undefined : answerSchema.parse(JSON.parse(stdout)) };
}
const kinds = ({ answer }: ReturnType<typeof ask>) => answer?.events?.map(({ kind }) => kind);

const upload = (day: number) =>
  ask(
    ...['upload', 'load', 'load', file(`${day}.csv`, hourlyLoadCsv(`2026-03-0${day}T00:00:00Z`, 24))],
    ...['--time', `2026-03-0${day + 1}T00:30:00Z`],
  );

beforeAll(() =>
  writeFileSync(
    spec,
    `${HOURLY_LOAD_SPEC.replace('[baseline, champion]', '[]')}owners: { model: ds@example.com }
approval: { by: manual, expires: 3 days }
rollout: { canary: 10, minutes: 15, min_requests: 20, on_little_traffic: keep }
`,
  ),
);

describe('a version that a person lets into production, after a trial', () => {
  test('waits, and its owner is told', () => {
    const table = `load=${file('first.csv', hourlyLoadCsv('2026-01-01T00:00:00Z', 60 * 24))}`;
    const { code, answer } = ask('run', '--spec', spec, '--time', '2026-03-02T00:30:00Z', '--table', table);
    expect(code).toBe(0);
    expect(answer).toMatchObject({ decision: { promoted: false, waiting: true, version: 1 }, failures: [] });
    const outbox = join(state, 'outbox');
    const mails = readdirSync(outbox).map(name => readFileSync(join(outbox, name), 'utf8'));
    expect(mails).toHaveLength(1);
    expect(JSON.parse(mails[0] ?? '')).toMatchObject({
      topic: 'antei-load-model',
      subject: 'Antei: version 1 of load waits for approval',
      endpoints: [{ protocol: 'email', endpoint: 'ds@example.com' }],
    });
  });

  test('is in production at once when it is the first, with who approved it and why', () => {
    const approved = ask('approve', 'load', '1', '--reason', 'looks good', '--time', '2026-03-02T09:00:00Z');
    expect(approved.code).toBe(0);
    expect(kinds(approved)).toEqual(['approved', 'promoted', 'predicted']);
    expect(approved.answer?.events?.[0]).toMatchObject({
      actor: expect.stringMatching(/^local:./),
      summary: 'Version 1 is approved: looks good',
      // Every command has a second of its own.
      time: '2026-03-02T09:00:01.000Z',
    });
    expect(ask('approve', 'load', '1', '--reason', 'again')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was approved by local:'),
    });
  });

  test('is taken back when it fails while it is tried', () => {
    expect(upload(2)).toMatchObject({ code: 0, answer: { decision: { waiting: true, version: 2 } } });
    const log = join(
      state,
      'buckets',
      'anteiplatform-databucket',
      'prediction-log/load/2026/03/03/09/a.jsonl',
    );
    mkdirSync(dirname(log), { recursive: true });
    const traffic = { model: 'load', time: '2026-03-03T09:05:00.000Z', requests: 50, errors: 12 };
    writeFileSync(log, predictionLines(traffic));
    const tried = ask('approve', 'load', '2', '--reason', 'try it', '--time', '2026-03-03T09:00:00Z');
    expect(kinds(tried)).toEqual([
      ...['approved', 'rollout-started', 'predicted', 'rollout-judged', 'rolled-back', 'predicted'],
    ]);
    expect(tried.answer?.events?.[3]).toMatchObject({
      time: '2026-03-03T09:17:01.000Z',
      summary: 'Version 2 failed at 12 of 50 requests, version 1 at 0 of 50',
    });
    expect(tried.answer?.production).toMatchObject({ champion: 1, challenger: null, takenBack: [2] });
  });

  test('expires when nobody decides', () => {
    expect(upload(3)).toMatchObject({ code: 0, answer: { decision: { waiting: true, version: 3 } } });
    const late = ask('approve', 'load', '3', '--reason', 'late', '--time', '2026-03-08T00:00:00Z');
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('was rejected by workflow') });
    const rejected = ask('events', 'load').answer?.events?.findLast(({ kind }) => kind === 'rejected');
    expect(rejected?.summary).toBe('Version 3 is rejected: expired');
  });

  test('stays out when a person says no, also of a rollback to it', () => {
    expect(upload(4)).toMatchObject({ code: 0, answer: { decision: { waiting: true, version: 4 } } });
    const rejected = ask('reject', 'load', '4', '--reason', 'learned from the strike');
    expect(rejected).toMatchObject({ code: 0, answer: { production: { champion: 1, challenger: null } } });
    expect(rejected.answer?.events).toMatchObject([
      {
        kind: 'rejected',
        actor: expect.stringMatching(/^local:./),
        summary: expect.stringContaining('strike'),
      },
    ]);
    expect(ask('rollback', 'load', '--to', '4', '--reason', 'try')).toMatchObject({
      code: 1,
      answer: {
        refused: expect.stringMatching(/^Version 4 was rejected by local:.+: learned from the strike$/),
      },
    });
  });

  test('another version may be put back by hand, for a reason', () => {
    expect(ask('rollback', 'load', '--reason', 'no')).toMatchObject({
      code: 1,
      answer: { refused: 'There is no version before version 1 that one could go back to' },
    });
    const back = ask('rollback', 'load', '--to', '2', '--reason', 'the errors were the network’s');
    expect(back).toMatchObject({ code: 0, answer: { production: { champion: 2, previous: 1 } } });
    expect(kinds(back)).toEqual(['rolled-back', 'predicted']);
    expect(ask('rollback', 'load', '--reason', 'no, they were not')).toMatchObject({
      code: 0,
      answer: { production: { champion: 1, previous: null, takenBack: [2] } },
    });
    expect(ask('rollback', 'load', '--to', '9', '--reason', 'x')).toMatchObject({ code: 2 });
    expect(ask('rollback', 'load')).toMatchObject({ code: 2 });
  });

  test('nothing that is written or printed names a token', () => {
    const tokens = readFileSync(join(state, 'tokens.jsonl'), 'utf8').matchAll(/"token":"([^"]+)"/g);
    const secrets = [...tokens].map(([, token = '']) => token);
    expect(secrets.length).toBeGreaterThan(2);
    const told = [ask('events', 'load'), ask('versions', 'load')].map(output => JSON.stringify(output));
    for (const folder of ['outbox', 'logs', 'buckets']) {
      for (const entry of readdirSync(join(state, folder), { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) told.push(readFileSync(join(entry.parentPath, entry.name), 'latin1'));
      }
    }
    expect(secrets.filter(secret => told.some(text => text.includes(secret)))).toEqual([]);
  });
});
