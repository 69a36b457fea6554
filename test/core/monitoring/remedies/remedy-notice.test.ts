import { describe, expect, test } from 'vitest';
import type { IncidentAlarm } from '../../../../core/monitoring/alarm-names.ts';
import { REMEDIES } from '../../../../core/monitoring/remedies/incident.ts';
import { remedyNotice } from '../../../../core/monitoring/remedies/remedy-notice.ts';
import { withChampion } from '../../../../core/registry/standing.ts';

const time = '2026-03-02T06:00:00.000Z';
const standing = withChampion(undefined, { version: 1, dataEnd: '2026-02-01T00:00:00.000Z' }, time);
const asked: Parameters<typeof remedyNotice>[0] = {
  ...{ model: 'parcels', alarm: 'performance', time, reason: 'the last value, 1.4, is above 1.1' },
  ...{ remedy: 'rollback', because: 'Version 1 is in production again, in place of version 2', standing },
};

test('owners are told what went off, what was done, what is in production, and what is left to do', () => {
  expect(remedyNotice(asked)).toEqual({
    roles: ['model', 'operations'],
    subject: 'Antei rolled back parcels: performance degraded',
    message: [
      'Performance degraded: the alarm of parcels went off on 2026-03-02 06:00 UTC.',
      '',
      'What it saw: the last value, 1.4, is above 1.1',
      'What was done: production was rolled back. Version 1 is in production again, in place of version 2',
      'In production now: version 1, on data until 2026-02-01',
      'What to do: find out why before the next version goes into production; what was left comes back by hand only. See docs/runbook.md, "Performance degraded"',
      '',
      'All that happened:',
      '  antei events parcels',
      'Undo the rollback:',
      '  antei rollback parcels --to VERSION --reason "..."',
    ].join('\n'),
  });
});

test('who is told of drift; without a version in production that is said', () => {
  const { roles, message } = remedyNotice({
    ...asked,
    alarm: 'drift',
    remedy: 'retrain',
    standing: undefined,
  });
  expect(roles).toEqual(['model', 'data']);
  expect(message).toContain('What was done: training was started. ');
  expect(message).toContain('In production now: nothing yet');
  expect(message).not.toContain('Undo');
});

const ALL: readonly IncidentAlarm[] = [
  ...(['freshness', 'drift', 'performance', 'errors', 'latency', 'availability'] as const),
];

describe.each(REMEDIES)('%s', remedy => {
  test('has a subject that SNS takes, whatever the name of the model', () => {
    for (const alarm of ALL) {
      expect(remedyNotice({ ...asked, model: 'm'.repeat(48), alarm, remedy }).subject).toMatch(
        /^[\x20-\x7e]{1,100}$/,
      );
    }
  });
});
