/** More degrees of freedom change nothing that is worth the time. */
const MOST_DEGREES = 200;

/**
 * The quantile of Student's t distribution.
 *
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, formulas 26.7.3 and 26.7.4; inverted by
 * bisection.
 * @param share Between 0.5 and 1.
 * @param degrees Degrees of freedom: a whole number from 1.
 */
export function studentQuantile(share: number, degrees: number): number {
  const freedom = Math.min(degrees, MOST_DEGREES);
  let [low, high] = [0, Math.PI / 2];
  // Halved until the two are neighbours as floating-point numbers.
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (within(middle, freedom) < 2 * share - 1) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan(low);
}

/** The probability that |t| is at most √degrees · tan(angle). */
function within(angle: number, degrees: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = 0;
  for (let power = odd ? 1 : 0; power <= degrees - 2; power += 2) {
    sum += term;
    term *= (cosine * cosine * (power + 1)) / (power + 2);
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
