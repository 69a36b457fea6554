import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { chiSquared } from '../../../../core/monitoring/drift/statistics/chi-squared.ts';
import { upperGamma } from '../../../../core/monitoring/drift/statistics/incomplete-gamma.ts';
import { jensenShannon } from '../../../../core/monitoring/drift/statistics/jensen-shannon.ts';
import { kolmogorovTail } from '../../../../core/monitoring/drift/statistics/kolmogorov-distribution.ts';
import { kolmogorovSmirnov } from '../../../../core/monitoring/drift/statistics/kolmogorov-smirnov.ts';
import { momentsOf, samplePoints } from '../../../../core/monitoring/drift/statistics/points.ts';
import { populationStability } from '../../../../core/monitoring/drift/statistics/population-stability.ts';
import { twoProportions } from '../../../../core/monitoring/drift/statistics/two-proportions.ts';
import { wasserstein } from '../../../../core/monitoring/drift/statistics/wasserstein.ts';

const list = z.array(z.number());
const outcome = z.object({ statistic: z.number(), p: z.number() });
const points = z.object({ values: list, weights: list });
const proportion = z.object({ count: z.number(), of: z.number() });

/** What SciPy says; `generate.py` beside it writes the file. */
const scipy = z
  .object({
    samples: z.array(
      z.object({ one: list, other: list, ks: outcome, wasserstein: z.number(), sd: z.number() }),
    ),
    ramps: z.array(outcome.extend({ n: z.int(), m: z.int(), shift: z.number() })),
    weighted: z.array(z.object({ one: points, other: points, wasserstein: z.number() })),
    counts: z.array(
      z.object({ one: list, other: list, chiSquared: outcome, jensenShannon: z.number(), psi: z.number() }),
    ),
    proportions: z.array(outcome.extend({ one: proportion, other: proportion })),
    tails: z.array(z.object({ n: z.int(), d: z.number(), p: z.number() })),
    gammas: z.array(z.object({ a: z.number(), x: z.number(), q: z.number() })),
  })
  .parse(JSON.parse(readFileSync('test/fixtures/drift/vectors.json', 'utf8')));

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

/** Equal to 1e-9. */
function expectClose(value: number, expected: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

describe('equal to SciPy to 1e-9', () => {
  test.each(scipy.samples)('samples of $one.length and $other.length', ({ one, other, ...expected }) => {
    const ks = kolmogorovSmirnov(sorted(one), sorted(other));
    expectClose(ks.statistic, expected.ks.statistic);
    expectClose(ks.p, expected.ks.p);
    expectClose(wasserstein(samplePoints(sorted(one)), samplePoints(sorted(other))), expected.wasserstein);
    expectClose(momentsOf(samplePoints(sorted(one))).sd, expected.sd);
  });

  test.each(scipy.ramps)(
    'Kolmogorov-Smirnov of $n against $m, shifted by $shift',
    ({ n, m, shift, ...expected }) => {
      const ramp = (size: number, by: number): Float64Array =>
        Float64Array.from({ length: size }, (_, i) => (i + 0.5) / size + by);
      const ks = kolmogorovSmirnov(ramp(n, 0), ramp(m, shift));
      expectClose(ks.statistic, expected.statistic);
      expectClose(ks.p, expected.p);
    },
  );

  test.each(scipy.weighted)('the distance of weighted points', ({ one, other, ...expected }) => {
    const of = ({ values, weights }: typeof one) => ({
      values: Float64Array.from(values),
      weights: Float64Array.from(weights),
    });
    expectClose(wasserstein(of(one), of(other)), expected.wasserstein);
  });

  test.each(scipy.counts)('counts $one and $other', ({ one, other, ...expected }) => {
    const { statistic, p } = chiSquared(one, other);
    expectClose(statistic, expected.chiSquared.statistic);
    expectClose(p, expected.chiSquared.p);
    expectClose(jensenShannon(one, other), expected.jensenShannon);
    expectClose(populationStability(one, other), expected.psi);
  });

  test.each(scipy.proportions)('proportions $one and $other', ({ one, other, ...expected }) => {
    const { statistic, p } = twoProportions(one, other);
    expectClose(statistic, expected.statistic);
    expectClose(p, expected.p);
  });

  test.each(scipy.tails)("Kolmogorov's distribution for $n at $d", ({ n, d, p }) => {
    expectClose(kolmogorovTail(n, d), p);
  });

  test.each(scipy.gammas)('the incomplete gamma function at $a, $x', ({ a, x, q }) => {
    expectClose(upperGamma(a, x), q);
  });
});
