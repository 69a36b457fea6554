import { logGamma } from './incomplete-gamma.ts';

/** Up to this n, or this n·√d³, the distribution is computed exactly; above, the body of it is approximated. */
const EXACT = 140;
const EXACT_FOR_SMALL = 1.4;

/** n·d² from which the probability is below 1e-15. */
const NEVER = 18;

/** n·d² from which both sides are hardly ever exceeded at once: to within double precision, and to within 1e-8 of p. */
const ONE_SIDED = 4;
const NEARLY_ONE_SIDED = 2.2;

/**
 * P(D ≥ d) of Kolmogorov's two-sided statistic of a sample of n against a continuous distribution.
 *
 * Sources: Marsaglia, Tsang and Wang, "Evaluating Kolmogorov's Distribution", Journal of Statistical Software 8 (2003)
 * 18 (powers of a matrix); Pelz and Good, "Approximating the Lower Tail-Areas of the Kolmogorov-Smirnov One-Sample
 * Statistic", Journal of the Royal Statistical Society B 38 (1976) 152-156; Simard and L'Ecuyer, "Computing the
 * Two-Sided Kolmogorov-Smirnov Distribution", Journal of Statistical Software 39 (2011) 11 (which one where). Equal to
 * SciPy's `kstwo.sf`.
 */
export function kolmogorovTail(n: number, d: number): number {
  const size = n * d * d;
  if (size >= NEVER || d >= 1) return 0;
  if (d * n <= 0.5) return 1;
  if (size >= (n > EXACT ? NEARLY_ONE_SIDED : ONE_SIDED) || d >= 0.5) return clamp(2 * oneSidedTail(n, d));
  const exact = n <= EXACT || n * d ** 1.5 <= EXACT_FOR_SMALL;
  return clamp(1 - (exact ? matrixPower(n, d) : pelzGood(n, d)));
}

const clamp = (probability: number): number => Math.min(1, Math.max(0, probability));

/** P(D⁺ ≥ d), by the sum of Birnbaum and Tingey, Annals of Mathematical Statistics 22 (1951) 592-596. */
function oneSidedTail(n: number, d: number): number {
  let sum = 0;
  for (let j = 0; j <= Math.floor(n * (1 - d)); j++) {
    const rest = 1 - d - j / n;
    const choose = logGamma(n + 1) - logGamma(j + 1) - logGamma(n - j + 1);
    if (rest > 0) sum += Math.exp(choose + (j - 1) * Math.log(d + j / n) + (n - j) * Math.log(rest));
  }
  return d * sum;
}

type Matrix = readonly Float64Array[];

/** P(D < d): an entry of the n-th power of a matrix of 2⌈nd⌉ − 1 rows, times n! / nⁿ. */
function matrixPower(n: number, d: number): number {
  const k = Math.ceil(n * d);
  const rows = 2 * k - 1;
  const h = k - n * d;
  const factorials = Float64Array.from({ length: rows + 1 }, (_, i) => Math.exp(logGamma(i + 1)));
  const inverse = (i: number): number => 1 / (factorials[i] ?? 1);
  const entry = (i: number, j: number): number => {
    if (i - j + 1 < 0) return 0;
    let numerator = 1;
    if (j === 0) numerator -= h ** (i + 1);
    if (i === rows - 1) numerator -= h ** (rows - j);
    if (i === rows - 1 && j === 0) numerator += Math.max(0, 2 * h - 1) ** rows;
    return numerator * inverse(i - j + 1);
  };
  const base: Matrix = Array.from({ length: rows }, (_, i) =>
    Float64Array.from({ length: rows }, (_, j) => entry(i, j)),
  );
  const { matrix, exponent } = power(base, n);
  const log = Math.log(matrix[k - 1]?.[k - 1] ?? 0) + exponent + logGamma(n + 1) - n * Math.log(n);
  return Math.exp(log);
}

/** A power by squaring, as a matrix and the logarithm of a factor that was taken out of it. */
function power(base: Matrix, n: number): { readonly matrix: Matrix; readonly exponent: number } {
  if (n === 1) return { matrix: base, exponent: 0 };
  const half = power(base, Math.floor(n / 2));
  const squared = multiply(half.matrix, half.matrix);
  const product = n % 2 === 0 ? squared : multiply(squared, base);
  const largest = Math.max(...product.map(row => Math.max(...row)));
  return {
    matrix: product.map(row => row.map(value => value / largest)),
    exponent: 2 * half.exponent + Math.log(largest),
  };
}

const multiply = (one: Matrix, other: Matrix): Matrix =>
  one.map(row => {
    const product = new Float64Array(row.length);
    for (const [k, factor] of row.entries()) {
      const by = other[k];
      if (factor === 0 || by === undefined) continue;
      for (let j = 0; j < product.length; j++) product[j] = (product[j] ?? 0) + factor * (by[j] ?? 0);
    }
    return product;
  });

/** P(D < d) as a series in 1/√n, whose terms are theta functions of z = d√n, in the form that converges for small z. */
function pelzGood(n: number, d: number): number {
  const z = d * Math.sqrt(n);
  const pi2 = Math.PI ** 2;
  const terms = Math.ceil((16 * z) / Math.PI);
  const sums = { k0: 0, k1: 0, k2: 0, k3: 0, even2: 0, even3: 0 };
  for (let k = terms; k >= 1; k--) {
    // Over odd multiples of π/2 …
    const u = (2 * k - 1) ** 2;
    const odd = Math.exp((-pi2 * u) / (8 * z ** 2));
    sums.k0 += odd;
    sums.k1 += odd * (-(z ** 2) + (pi2 / 4) * u);
    sums.k2 +=
      odd *
      (6 * z ** 6 +
        2 * z ** 4 +
        (pi2 / 4) * (2 * z ** 4 - 5 * z ** 2) * u +
        (pi2 ** 2 / 16) * (1 - 2 * z ** 2) * u ** 2);
    sums.k3 +=
      odd *
      (-30 * z ** 6 -
        90 * z ** 8 +
        (pi2 / 4) * (135 * z ** 4 - 96 * z ** 6) * u +
        (pi2 ** 2 / 16) * (-60 * z ** 2 + 212 * z ** 4) * u ** 2 +
        (pi2 ** 3 / 64) * (5 - 30 * z ** 2) * u ** 3);
    // … and over whole multiples of π.
    const even = Math.exp((-pi2 * k ** 2) / (2 * z ** 2));
    sums.even2 += even * k ** 2;
    sums.even3 += even * (3 * z ** 2 - pi2 * k ** 2) * k ** 2;
  }
  const root = Math.sqrt(2 * Math.PI);
  return (
    (root / z) * sums.k0 +
    ((root / (6 * z ** 4)) * sums.k1) / Math.sqrt(n) +
    ((root / (72 * z ** 7)) * sums.k2 - ((pi2 * root) / (36 * z ** 3)) * sums.even2) / n +
    ((root / (6480 * z ** 10)) * sums.k3 + ((pi2 * root) / (216 * z ** 6)) * sums.even3) / n ** 1.5
  );
}
