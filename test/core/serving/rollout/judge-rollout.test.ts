import { describe, expect, test } from 'vitest';
import { type PredictionLogEntry, predictionLogSchema } from '../../../../core/serving/prediction-log.ts';
import { fisherExact } from '../../../../core/serving/rollout/fisher-exact.ts';
import { judgeRollout } from '../../../../core/serving/rollout/judge-rollout.ts';
import { predictionShift } from '../../../../core/serving/rollout/prediction-shift.ts';
import type { TrialPlan } from '../../../../core/spec/release.ts';
import { seededRandom } from '../../../../core/training/seeded-random.ts';

const plan: TrialPlan = {
  mode: 'canary',
  percent: 50,
  minutes: 15,
  minRequests: 100,
  onLittleTraffic: 'keep',
};
const common = { antei: 'prediction', time: '2026-03-01T00:00:00.000Z', model: 'm' };

interface Traffic {
  readonly requests: number;
  /** Requests, of the first ones, at which the version failed. */
  readonly errors?: number;
  readonly milliseconds?: (i: number) => number;
  readonly predict: (i: number) => number | string;
}

/** Entries of requests that a version answers and the other one computes for comparison. */
function* answered(version: number, variant: 'champion' | 'challenger', traffic: Traffic, other: Traffic) {
  const { requests, errors = 0, milliseconds = () => 5, predict } = traffic;
  const row = (request: string, of: number, how: string, prediction: number | string, took: number) =>
    predictionLogSchema.parse({
      ...{ ...common, request, milliseconds: took, version: of, variant: how },
      ...{ row: 0, id: {}, features: {}, prediction },
    });
  for (let i = 0; i < requests; i++) {
    const request = `${variant}-${i}`;
    if (i < errors) {
      const error = { name: 'Error', message: 'broken' };
      yield predictionLogSchema.parse({
        ...common,
        request,
        milliseconds: 1,
        version,
        variant,
        status: 500,
        error,
      });
    } else yield row(request, version, variant, predict(i), milliseconds(i));
    yield row(request, version === 1 ? 2 : 1, 'shadow', other.predict(i), milliseconds(i));
  }
}

const judge = (old: Traffic, young: Traffic, changed: Partial<TrialPlan> = {}) =>
  judgeRollout({
    plan: { ...plan, ...changed },
    champion: 1,
    challenger: 2,
    entries: [...answered(1, 'champion', old, young), ...answered(2, 'challenger', young, old)],
  });

const good: Traffic = { requests: 300, predict: i => i % 50 };

describe('judgeRollout', () => {
  test('a version that does as well takes over', async () => {
    expect(await judge(good, good)).toEqual({
      verdict: 'good',
      promote: true,
      reason: 'Version 2 did as well as version 1: 600 requests, 0 errors',
      figures: {
        champion: { requests: 600, errors: 0, p95: 5 },
        challenger: { requests: 600, errors: 0, p95: 5 },
        ...{ errorsByChance: 1, slownessByChance: 1, pairs: 600, shift: 0 },
      },
    });
  });

  test('errors that are no chance take it back', async () => {
    expect(await judge(good, { ...good, errors: 8 })).toMatchObject({
      ...{ verdict: 'bad', promote: false },
      reason: 'Version 2 failed at 8 of 600 requests, version 1 at 0 of 600',
    });
  });

  test('as many errors of both do not, nor a single one', async () => {
    expect(await judge({ ...good, errors: 8 }, { ...good, errors: 9 })).toMatchObject({ verdict: 'good' });
    expect(await judge(good, { ...good, errors: 1 })).toMatchObject({ verdict: 'good' });
  });

  test('errors count however little traffic there is', async () => {
    const few = { ...good, requests: 10 };
    expect(await judge({ ...few, requests: 20 }, { ...few, errors: 10 })).toMatchObject({ verdict: 'bad' });
  });

  test('what callers did wrong is nobody’s error', async () => {
    const error = { name: 'RequestError', message: 'no such column' };
    const refused = Array.from({ length: 50 }, (_, i) =>
      predictionLogSchema.parse({
        ...{ ...common, request: `wrong-${i}`, milliseconds: 1, version: 2, variant: 'challenger' },
        ...{ status: 400, error },
      }),
    );
    const entries = [
      ...answered(1, 'champion', good, good),
      ...answered(2, 'challenger', good, good),
      ...refused,
    ];
    expect(await judgeRollout({ plan, champion: 1, challenger: 2, entries })).toMatchObject({
      verdict: 'good',
      figures: { challenger: { requests: 600, errors: 0 } },
    });
  });

  test('answers that take much longer take it back, those that take a little longer do not', async () => {
    const slow = (milliseconds: number): Traffic => ({
      ...good,
      milliseconds: i => (i < 240 ? 5 : milliseconds),
    });
    expect(await judge(slow(100), slow(160))).toMatchObject({
      verdict: 'bad',
      reason: 'Version 2 took 160 ms for an answer at the 95th percentile, version 1 100 ms',
    });
    expect(await judge(slow(100), slow(140))).toMatchObject({ verdict: 'good' });
    // Thrice as long, and yet nobody notices.
    expect(await judge(slow(4), slow(12))).toMatchObject({ verdict: 'good' });
  });

  test('a few slow answers among few take nothing back, many do', async () => {
    const few = (requests: number, slow: number): Traffic => ({
      ...{ ...good, requests },
      milliseconds: i => (i < slow ? 100 : 5),
    });
    const judged = await judge(few(35, 0), few(25, 2), { minRequests: 20 });
    expect(judged).toMatchObject({ verdict: 'good', figures: { challenger: { p95: 100 } } });
    // Both slow answers among the challenger's 25 of 60: C(25, 2) / C(60, 2).
    expect(judged.figures.slownessByChance).toBeCloseTo(300 / 1770, 12);
    expect(await judge(few(35, 0), few(25, 25), { minRequests: 20 })).toMatchObject({ verdict: 'bad' });
  });

  test('numbers that shift take it back', async () => {
    // 0 to 49 evenly: the standard deviation is sqrt((50² − 1) / 12) = 14.43.
    expect(await judge(good, { ...good, predict: i => (i % 50) + 7 })).toMatchObject({ verdict: 'good' });
    expect(await judge(good, { ...good, predict: i => (i % 50) + 8 })).toMatchObject({
      verdict: 'bad',
      reason:
        'Version 2 answers otherwise: on 600 rows that both predicted, its predictions lie 0.55437 standard deviations ' +
        "from version 1's; at most 0.5 is allowed",
    });
  });

  test('classes that shift take it back; rows that change places do not', async () => {
    const classes = (share: number): Traffic => ({
      ...good,
      predict: i => (i % 100 < share ? 'late' : 'early'),
    });
    expect(await judge(classes(20), classes(35))).toMatchObject({ verdict: 'good' });
    expect(await judge(classes(20), classes(45))).toMatchObject({ verdict: 'bad', figures: { shift: 0.25 } });
    const moved: Traffic = { ...good, predict: i => (i % 100 >= 80 ? 'late' : 'early') };
    expect(await judge(classes(20), moved)).toMatchObject({ verdict: 'good', figures: { shift: 0 } });
  });

  test.each([
    ['keep', false, 'As the spec says, version 1 stays'],
    ['promote', true, 'As the spec says, it is promoted for it passed the gate'],
  ] as const)(
    'too little traffic is said, and the spec decides: %s',
    async (onLittleTraffic, promote, then) => {
      const few = { ...good, requests: 49 };
      expect(await judge(few, few, { onLittleTraffic })).toMatchObject({
        ...{ verdict: 'too-little-traffic', promote },
        reason: `Too little traffic to judge version 2: 98 of 100 requests. ${then}`,
      });
      expect(
        await judge({ ...good, requests: 0 }, { ...good, requests: 0 }, { onLittleTraffic }),
      ).toMatchObject({
        ...{ verdict: 'too-little-traffic', promote },
      });
    },
  );

  test('in a shadow trial the champion answers all, and the rows of both are compared', async () => {
    const shadow = { mode: 'shadow', percent: 100 } as const;
    const of = (young: Traffic) =>
      judgeRollout({
        ...{ plan: { ...plan, ...shadow }, champion: 1, challenger: 2 },
        entries: answered(1, 'champion', good, young),
      });
    expect(await of(good)).toMatchObject({
      verdict: 'good',
      figures: { pairs: 300, challenger: { p95: null } },
    });
    expect(await of({ ...good, predict: i => i % 3 })).toMatchObject({ verdict: 'bad' });
  });

  test('of 200 trials of a version that is the same, at most 3 are taken back', async () => {
    const random = seededRandom(7);
    let bad = 0;
    for (let trial = 0; trial < 200; trial++) {
      const values = Array.from({ length: 150 }, () => random() * 10);
      const times = Array.from({ length: 300 }, () => 40 + 40 * random());
      const traffic = (offset: number): Traffic => ({
        ...{ requests: 150, errors: Math.floor(random() * 3), predict: i => values[i] ?? 0 },
        milliseconds: i => times[i + offset] ?? 0,
      });
      if ((await judge(traffic(0), traffic(150))).verdict === 'bad') bad++;
    }
    expect(bad).toBeLessThanOrEqual(3);
  });

  test('entries of other versions are left out', async () => {
    const entries: PredictionLogEntry[] = [...answered(3, 'champion', good, good)].filter(
      e => e.version === 3,
    );
    expect(await judgeRollout({ plan, champion: 1, challenger: 2, entries })).toMatchObject({
      figures: { champion: { requests: 0 }, challenger: { requests: 0 } },
    });
  });
});

describe('fisherExact', () => {
  test.each([
    // Fisher's tea: 3 of 4 cups right, one-sided 17/70. Then by hand: 2/2 against 0/2 is 1 of 6.
    [[3, 4, 1, 4], 17 / 70],
    [[2, 2, 0, 2], 1 / 6],
    [[0, 10, 5, 10], 1],
    [[0, 0, 0, 0], 1],
    // 10 of 10 against 0 of 20: 1 / C(30, 10).
    [[10, 10, 0, 20], 1 / 30_045_015],
  ] as const)('%j is %d', ([failures, cases, otherFailures, otherCases], p) => {
    expect(fisherExact(failures, cases, otherFailures, otherCases) / p).toBeCloseTo(1, 9);
  });
});

describe('predictionShift', () => {
  test('of a champion that always says the same, and of nothing, is unknown', () => {
    expect(predictionShift([])).toBeNull();
    expect(
      predictionShift([
        { champion: 1, challenger: 2 },
        { champion: 1, challenger: 5 },
      ]),
    ).toBeNull();
  });

  test('is the distance of the distributions, in standard deviations of the champion’s', () => {
    // 0 and 2 have the standard deviation 1; 1 and 5, in order, lie 1 and 3 away.
    expect(
      predictionShift([
        { champion: 2, challenger: 1 },
        { champion: 0, challenger: 5 },
      ]),
    ).toBe(2);
  });
});
