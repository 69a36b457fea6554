import { describe, expect, test } from 'vitest';
import { rangeOfName, windowBefore, windowOfPart, windowOfRange } from '../../../core/monitoring/window.ts';
import { shopSpec } from '../../support/forecasting-loop.ts';

const spec = (every: string, monitoring: string) => {
  const base = shopSpec();
  return {
    ...base,
    series: { ...base.series, every },
    monitoring: { ...base.monitoring, every: monitoring },
  };
};
const part = (from: string, to: string) => ({
  ...{ table: 'sales', file: 'f', sha256: 's', part: 'p', acceptedAt: to, rows: 1, columns: {} },
  timeRange: { from, to },
});
const bounds = (window: { from: Date; to: Date; periods: readonly Date[] } | undefined) =>
  window && [window.from.toISOString(), window.to.toISOString(), window.periods.length];

describe('windowBefore', () => {
  test.each([
    ['1 day', '7 days', '2026-03-10T13:00:00Z', '2026-03-03T00:00:00.000Z', '2026-03-10T00:00:00.000Z', 7],
    ['1 hour', '1 day', '2026-03-10T13:20:00Z', '2026-03-09T13:00:00.000Z', '2026-03-10T13:00:00.000Z', 24],
    ['1 month', '1 day', '2026-03-10T13:00:00Z', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', 1],
    ['1 week', '1 month', '2026-03-11T00:00:00Z', '2026-02-09T00:00:00.000Z', '2026-03-09T00:00:00.000Z', 4],
    [
      '1 day',
      '1 day',
      '2026-03-10T09:00:00+09:00',
      '2026-03-09T00:00:00.000Z',
      '2026-03-10T00:00:00.000Z',
      1,
    ],
  ])('steps of %s, every %s, at %s', (every, monitoring, time, from, to, periods) => {
    expect(bounds(windowBefore(time, spec(every, monitoring)))).toEqual([from, to, periods]);
  });
});

describe('windowOfPart', () => {
  test('holds every period that the part has rows in', () => {
    const window = windowOfPart(
      part('2026-03-01T05:00:00.000Z', '2026-03-03T00:00:00.000Z'),
      spec('1 day', '1 day'),
    );
    expect(bounds(window)).toEqual(['2026-03-01T00:00:00.000Z', '2026-03-04T00:00:00.000Z', 3]);
    expect(window?.name).toBe('20260301T000000.000Z--20260304T000000.000Z');
  });

  test('is undefined for a part without times', () => {
    expect(windowOfPart({ ...part('', ''), timeRange: null }, spec('1 day', '1 day'))).toBeUndefined();
  });
});

describe('windowOfRange', () => {
  const daysOf = (timezone: string) => {
    const base = shopSpec();
    const { sales } = base.tables;
    if (sales === undefined) throw new Error('The fixture has sales.');
    const day = { ...sales.columns.day, type: 'timestamp' } as const;
    const read = { timezone } as const;
    return shopSpec({
      tables: { ...base.tables, sales: { ...sales, read, columns: { ...sales.columns, day } } },
    });
  };

  test.each(['UTC', 'Europe/London', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Pacific/Apia'])(
    'finds the window of a name again, whatever zone its days are of: %s',
    zone => {
      const spec = { ...daysOf(zone), monitoring: { ...daysOf(zone).monitoring, every: '3 days' } };
      for (const time of ['2026-01-20T12:00:00Z', '2026-07-20T23:30:00Z', '2026-03-30T00:30:00Z']) {
        const window = windowBefore(time, spec);
        expect(window.periods).toHaveLength(3);
        expect(windowOfRange(rangeOfName(window.name) ?? window, spec)).toEqual(window);
      }
    },
  );
});
