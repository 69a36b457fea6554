import { expect, test } from 'vitest';
import { parseSchedule, ScheduleError } from '../../../local/events/schedule-expression.ts';

const ANCHOR = new Date('2001-06-01T10:20:30Z');

/** The first moments after a time. */
function moments(expression: string, after: string, count: number): string[] {
  const schedule = parseSchedule(expression, ANCHOR);
  const found: string[] = [];
  let time: Date | undefined = new Date(after);
  while (found.length < count) {
    time = schedule.next(time);
    if (time === undefined) break;
    found.push(time.toISOString().replace('.000Z', 'Z'));
  }
  return found;
}

test.each<[string, string, string[]]>([
  ['rate(1 minute)', '2001-06-01T10:20:30Z', ['2001-06-01T10:21:30Z', '2001-06-01T10:22:30Z']],
  ['rate(12 hours)', '2001-06-01T00:00:00Z', ['2001-06-01T22:20:30Z', '2001-06-02T10:20:30Z']],
  ['rate(7 days)', '2001-06-08T10:20:30Z', ['2001-06-15T10:20:30Z']],
  ['rate(7 days)', '2001-06-08T10:20:29.999Z', ['2001-06-08T10:20:30Z']],
  ['at(2001-07-01T06:00:00)', '2001-06-01T00:00:00Z', ['2001-07-01T06:00:00Z']],
  ['at(2001-07-01T06:00:00)', '2001-07-01T06:00:00Z', []],
  ['cron(0 6 * * ? *)', '2001-06-01T06:00:00Z', ['2001-06-02T06:00:00Z', '2001-06-03T06:00:00Z']],
  ['cron(0 6 * * ? *)', '2001-06-01T05:59:59.999Z', ['2001-06-01T06:00:00Z']],
  [
    'cron(0/20 8-9 ? * MON-FRI *)',
    '2001-06-01T09:30:00Z',
    ['2001-06-01T09:40:00Z', '2001-06-04T08:00:00Z', '2001-06-04T08:20:00Z'],
  ],
  [
    'cron(15,45 */12 1 JAN,7 ? *)',
    '2001-06-01T00:00:00Z',
    [
      '2001-07-01T00:15:00Z',
      '2001-07-01T00:45:00Z',
      '2001-07-01T12:15:00Z',
      '2001-07-01T12:45:00Z',
      '2002-01-01T00:15:00Z',
    ],
  ],
  ['cron(0 0 29 2 ? *)', '2001-01-01T00:00:00Z', ['2004-02-29T00:00:00Z', '2008-02-29T00:00:00Z']],
  ['cron(0 0 29 2 ? *)', '2096-03-01T00:00:00Z', ['2104-02-29T00:00:00Z']],
  ['cron(0 0 31 * ? 2001)', '2001-10-31T00:00:00Z', ['2001-12-31T00:00:00Z']],
  ['cron(30 23 L * ? *)', '2004-01-31T23:30:00Z', ['2004-02-29T23:30:00Z', '2004-03-31T23:30:00Z']],
  // 30 June 2001 is a Saturday, 1 July a Sunday.
  ['cron(0 0 LW * ? *)', '2001-06-01T00:00:00Z', ['2001-06-29T00:00:00Z', '2001-07-31T00:00:00Z']],
  [
    'cron(0 0 1W * ? *)',
    '2001-06-15T00:00:00Z',
    ['2001-07-02T00:00:00Z', '2001-08-01T00:00:00Z', '2001-09-03T00:00:00Z'],
  ],
  ['cron(0 0 16W 6 ? *)', '2001-06-01T00:00:00Z', ['2001-06-15T00:00:00Z']],
  ['cron(0 0 ? * 6#3 *)', '2001-06-01T00:00:00Z', ['2001-06-15T00:00:00Z', '2001-07-20T00:00:00Z']],
  ['cron(0 0 ? * FRIL *)', '2001-06-01T00:00:00Z', ['2001-06-29T00:00:00Z', '2001-07-27T00:00:00Z']],
  ['cron(0 0 ? * L *)', '2001-06-01T00:00:00Z', ['2001-06-02T00:00:00Z']],
  ['cron(0 0 ? * 1 *)', '2001-06-01T00:00:00Z', ['2001-06-03T00:00:00Z']],
])('%s after %s', (expression, after, expected) => {
  expect(moments(expression, after, Math.max(1, expected.length))).toEqual(expected);
});

test.each([
  'rate(0 days)',
  'rate(1 week)',
  'rate(1.5 hours)',
  'cron(0 6 * * * *)',
  'cron(0 6 ? * ? *)',
  'cron(0 6 * * ?)',
  'cron(60 6 * * ? *)',
  'cron(0 24 * * ? *)',
  'cron(0 6 0 * ? *)',
  'cron(0 6 * FOO ? *)',
  'cron(0 6 ? * 8 *)',
  'cron(0 6-8-9 * * ? *)',
  'cron(0/0 6 * * ? *)',
  'at(tomorrow)',
  'every day',
])('%s is refused', expression => {
  expect(() => parseSchedule(expression, ANCHOR)).toThrow(ScheduleError);
  expect(() => parseSchedule(expression, ANCHOR)).toThrow(`found the schedule ${expression}; allowed: `);
});
