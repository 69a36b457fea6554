import { expect, test } from 'vitest';
import { withDuckDb } from '../../../core/data/duckdb.ts';
import { literal } from '../../../core/data/quote.ts';
import { clockSql, offsetSql } from '../../../core/data/zone-sql.ts';
import { clocksOf } from '../../../core/spec/time-zones.ts';
import { fc } from '../../support/properties.ts';

/** What has happened does not change with the next release of the time zone database; what is planned may. */
const SETTLED = Date.UTC(2024, 0);

const timestamp = (moment: number): string =>
  `TIMESTAMP ${literal(new Date(moment).toISOString().slice(0, -1))}`;

test.each([
  'Europe/Berlin',
  'America/New_York',
  'Asia/Tokyo',
  'Asia/Kathmandu',
  // Half an hour of daylight saving time, clocks that go back twice a year, and a day that was left out.
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Antarctica/Troll',
  'Pacific/Apia',
  // Clocks that changed a minute past midnight, and offsets with seconds before 1972.
  'America/St_Johns',
  'Africa/Monrovia',
])('the clocks of %s show what the calendar of DuckDB says they show', async zone => {
  const around = clocksOf(zone)
    .changes.map(({ from }) => from)
    .filter(from => from < SETTLED)
    .flatMap(from => [from - 3_600_000, from - 1, from, from + 1, from + 3_600_000]);
  const anyTime = fc.date({ min: new Date('1960-01-01'), max: new Date(SETTLED), noInvalidDate: true });
  const moments = [...around, ...fc.sample(anyTime, 500).map(time => time.getTime()), Date.UTC(2500, 6)];
  await withDuckDb({ paths: [] }, async connection => {
    const result = await connection.runAndReadAll(`
      SELECT moment::VARCHAR, ${clockSql('moment', zone)}::VARCHAR, (moment + (${offsetSql('moment', zone)}))::VARCHAR,
        timezone(${literal(zone)}, CAST(moment AS TIMESTAMPTZ))::VARCHAR
      FROM (VALUES ${moments.map(moment => `(${timestamp(moment)})`).join(', ')}) AS t(moment)
    `);
    const wrong = result
      .getRowsJS()
      .filter(([, clock, moved, expected]) => clock !== expected || moved !== expected);
    expect(wrong).toEqual([]);
    expect(result.currentRowCount).toBe(moments.length);
  });
});

test('what is no moment has no clock', async () => {
  await withDuckDb({ paths: [] }, async connection => {
    const result = await connection.runAndReadAll(
      `SELECT ${clockSql('moment', 'Europe/Berlin')}::VARCHAR
       FROM (VALUES (NULL), (TIMESTAMP 'infinity'), (TIMESTAMP '-infinity')) AS t(moment)`,
    );
    expect(result.getRowsJS()).toEqual([[null], ['infinity'], ['-infinity']]);
  });
});
