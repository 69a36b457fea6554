/**
 * Uniform random numbers in [0, 1) that are the same for the same seed on every machine: 32-bit integer arithmetic
 * alone. Good enough to resample and to search; not for secrets.
 *
 * Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014 (SplitMix; here with
 * the 32-bit finalizer of MurmurHash3).
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
}
