import { describe, expect, it } from 'vitest';
import type { AcceptedPart, ColumnStatistics } from '../../../../core/data/accepted-parts.ts';
import { largestMove, meanMix, mixDistance } from '../../../../core/data/upload/learned/category-mix.ts';
import { learnedChecks } from '../../../../core/data/upload/learned/learned-checks.ts';
import { peersOf } from '../../../../core/data/upload/learned/peers.ts';
import { isRemarkable, spreadOf } from '../../../../core/data/upload/learned/spread.ts';
import { deliver, emptyStore, specOf } from './upload-harness.ts';

const column = (changes: Partial<ColumnStatistics> = {}): ColumnStatistics => ({
  type: 'number',
  missing: 0,
  distinct: 50,
  min: '0',
  max: '1',
  mean: 10,
  top: [],
  histogram: null,
  ...changes,
});

const part = (
  rows: number,
  columns: Record<string, ColumnStatistics> = {},
  day = '2026-01-01',
): AcceptedPart => ({
  table: 't',
  file: 'f',
  sha256: day,
  part: day,
  acceptedAt: `${day}T12:00:00.000Z`,
  rows,
  timeRange: { from: `${day}T00:00:00.000Z`, to: `${day}T23:00:00.000Z` },
  columns,
});

const rulesOf = (now: AcceptedPart, history: AcceptedPart[], identifiers: string[] = []) =>
  learnedChecks(now, history, new Set(identifiers), undefined).map(({ rule, expected, found }) => [
    rule,
    expected,
    found,
  ]);

describe('three standard deviations', () => {
  it('are of the sample, with a floor where values hardly differ', () => {
    // Sample standard deviation of 2, 4, 4, 4, 5, 5, 7, 9 is the square root of 32 / 7.
    const { mean, reach } = spreadOf([2, 4, 4, 4, 5, 5, 7, 9], 0);
    expect([mean, reach]).toEqual([5, 3 * Math.sqrt(32 / 7)]);
    expect(spreadOf([3, 3, 3], 0.5)).toEqual({ mean: 3, reach: 0.5 });
    expect([2.5, 3.5, 2.49, 3.51].map(value => isRemarkable(value, { mean: 3, reach: 0.5 }))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

describe('learned checks', () => {
  const usual = [1000, 1010, 990, 1005, 995].map(rows => part(rows));

  it('are silent until five parts exist', () => {
    expect(rulesOf(part(1), usual.slice(0, 4))).toEqual([]);
    expect(rulesOf(part(1), usual)).toEqual([
      ['learned.rows', '950 to 1050 rows, as in 5 accepted parts before', '1 rows'],
    ]);
    expect(rulesOf(part(1050), usual)).toEqual([]);
    expect(rulesOf(part(1051), usual)).toHaveLength(1);
  });

  it('compare missing and distinct shares and the mean', () => {
    const history = [10, 11, 9, 10, 10].map(mean => part(100, { x: column({ mean, missing: 2 }) }));
    const of = (changes: Partial<ColumnStatistics>) =>
      rulesOf(part(100, { x: column({ mean: 10, missing: 2, ...changes }) }), history);
    expect(of({})).toEqual([]);
    expect(of({ missing: 3, distinct: 50 })).toEqual([
      [
        'x.learned_missing',
        '1.5 % to 2.5 % without a value, as in 5 accepted parts before',
        '3 % without a value',
      ],
      [
        'x.learned_distinct',
        '50.5 % to 51.5 % of the values distinct, as in 5 accepted parts before',
        '51.5 % of the values distinct',
      ],
    ]);
    expect(of({ mean: 12.2 })).toEqual([
      ['x.learned_mean', '7.879 to 12.12 as the mean, as in 5 accepted parts before', 'a mean of 12.2'],
    ]);
    expect(rulesOf(part(100, { x: column({ mean: 99, distinct: 1, missing: 2 }) }), history, ['x'])).toEqual(
      [],
    );
  });

  it('do not take a file of more rows for one of fewer values, where these are a handful and all there', () => {
    const shops = (names: readonly string[], rows: number) => ({
      shop: column({
        ...{ type: 'string', mean: null, distinct: names.length },
        top: names.map(value => ({ value, rows: rows / names.length })),
      }),
    });
    const history = [1, 2, 3, 4, 5].map(day => part(60, shops(['a', 'b'], 60), `2026-01-0${day}`));
    const rules = (names: readonly string[], rows: number) =>
      rulesOf(part(rows, shops(names, rows)), history).map(([rule]) => rule);
    expect(rules(['a', 'b'], 120)).toEqual(['learned.rows']);
    expect(rules(['a', 'b', 'c'], 60)).toEqual(['shop.learned_distinct', 'shop.learned_mix']);
  });

  it('compare the mix of categories and name what moved most', () => {
    const mix = (a: number, b: number) =>
      column({
        type: 'string',
        mean: null,
        distinct: 2,
        top: [
          { value: 'a', rows: a },
          { value: 'b', rows: b },
        ],
      });
    const history = Array.from({ length: 5 }, () => part(100, { c: mix(60, 40) }));
    expect(rulesOf(part(100, { c: mix(57, 43) }), history)).toEqual([]);
    expect(rulesOf(part(100, { c: mix(40, 60) }), history)).toEqual([
      [
        'c.learned_mix',
        'a mix of values within 3 % of the usual one, as in 5 accepted parts before',
        '20 % away from it; most of all "a": 40 % instead of 60 %',
      ],
    ]);
  });

  it('measure mixes by the share of rows that would have to change', () => {
    const a = new Map([
      ['x', 0.5],
      ['y', 0.5],
    ]);
    const b = new Map([
      ['x', 0.5],
      ['z', 0.25],
    ]);
    // y loses 0.5; z gains 0.25, and other values the remaining 0.25.
    expect(mixDistance(a, b)).toBe(0.5);
    expect(mixDistance(a, a)).toBe(0);
    expect(meanMix([a, b])).toEqual(
      new Map([
        ['x', 0.5],
        ['y', 0.25],
        ['z', 0.125],
      ]),
    );
    expect(largestMove(b, a)).toEqual({ value: 'y', now: 0, before: 0.5 });
  });

  it('leave out a column whose type the contract has changed', () => {
    const history = Array.from({ length: 5 }, () => part(100, { x: column({ type: 'integer' }) }));
    expect(rulesOf(part(100, { x: column({ mean: 99 }) }), history)).toEqual([]);
  });
});

describe('parts to compare with', () => {
  const days = Array.from({ length: 42 }, (_, i) =>
    new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10),
  );
  const history = days.map(day => part(1, {}, day));
  const seasons = { every: '1 day', season: [7] };

  it('are the same weekday where a season of seven days is declared', () => {
    const peers = peersOf(part(1, {}, '2026-02-12'), history, seasons);
    expect(peers.map(({ part: day }) => day)).toEqual([
      '2026-01-01',
      '2026-01-08',
      '2026-01-15',
      '2026-01-22',
      '2026-01-29',
      '2026-02-05',
    ]);
  });

  it('are the last thirty where no season is declared, or too few of its parts exist', () => {
    expect(peersOf(part(1, {}, '2026-02-12'), history, undefined)).toEqual(history.slice(-30));
    expect(peersOf(part(1, {}, '2026-02-12'), history, { every: '1 day', season: [28] })).toEqual(
      history.slice(-30),
    );
    expect(peersOf(part(1), history.slice(0, 4), seasons)).toEqual([]);
  });
});

describe('an upload', () => {
  const week = (day: number, rows: number) =>
    `n\n${Array.from({ length: rows }, (_, i) => `${day * 1000 + i}`).join('\n')}\n`;

  async function lastOfSix(learned: string | undefined) {
    const data = emptyStore();
    const spec = specOf({ ...(learned && { learned }), columns: { n: { type: 'integer', unique: true } } });
    for (let day = 1; day <= 5; day++)
      await deliver(week(day, 100), { spec, data, time: `2026-01-0${day}T00:00:00Z` });
    const verdict = await deliver(week(6, 10), { spec, data, time: '2026-01-06T00:00:00Z' });
    return {
      accepted: verdict.accepted,
      reasons: verdict.reasons.map(({ rule }) => rule),
      warnings: verdict.warnings.map(({ rule }) => rule),
    };
  }

  it('is warned about by default, refused or let be where the contract says so', async () => {
    expect(await lastOfSix(undefined)).toEqual({ accepted: true, reasons: [], warnings: ['learned.rows'] });
    expect(await lastOfSix('error')).toEqual({ accepted: false, reasons: ['learned.rows'], warnings: [] });
    expect(await lastOfSix('off')).toEqual({ accepted: true, reasons: [], warnings: [] });
  });
});
