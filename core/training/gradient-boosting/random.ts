const MASK = (1n << 64n) - 1n;

/**
 * The generator xoshiro128**: 32 bits a step, equal on every platform.
 *
 * Sources: Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM Transactions on Mathematical
 * Software 47 (2021), article 36; its state is filled by SplitMix64, as the authors advise: Steele, Lea and Flood,
 * "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param seed A whole number. */
  constructor(seed: number) {
    let state = BigInt.asUintN(64, BigInt(seed));
    const next = (): bigint => {
      state = (state + 0x9e3779b97f4a7c15n) & MASK;
      let mixed = state;
      mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
      mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & MASK;
      return mixed ^ (mixed >> 31n);
    };
    const [first, second] = [next(), next()];
    this.#a = Number(BigInt.asIntN(32, first));
    this.#b = Number(BigInt.asIntN(32, first >> 32n));
    this.#c = Number(BigInt.asIntN(32, second));
    this.#d = Number(BigInt.asIntN(32, second >> 32n));
  }

  /** A whole number from 0 up to, not including, 2³². */
  bits(): number {
    const times5 = Math.imul(this.#b, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** A whole number from 0 up to, not including, `limit`; the bias is below limit / 2³². */
  below(limit: number): number {
    return Math.floor((this.bits() / 2 ** 32) * limit);
  }
}
