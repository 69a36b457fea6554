import type { Random } from './random.ts';

export interface Sample {
  /** Drawn without replacement, ascending. */
  readonly drawn: Int32Array;
  /** The others, ascending. */
  readonly rest: Int32Array;
}

/** How many of `count` a share stands for: rounded, at least one. */
export const sizeOf = (share: number, count: number): number => Math.max(1, Math.round(share * count));

/**
 * Draws `size` of the numbers 0 … count − 1; each set of that size is equally likely.
 *
 * Source: Knuth, "The Art of Computer Programming", volume 2, section 3.4.2, algorithm S (selection sampling).
 */
export function drawSample(count: number, size: number, random: Random): Sample {
  const drawn = new Int32Array(size);
  const rest = new Int32Array(count - size);
  let taken = 0;
  for (let i = 0; i < count; i++) {
    if (taken < size && random.below(count - i) < size - taken) drawn[taken++] = i;
    else rest[i - taken] = i;
  }
  return { drawn, rest };
}

/** The numbers 0 … count − 1. */
export const wholeSample = (count: number): Sample => ({
  drawn: Int32Array.from({ length: count }, (_, i) => i),
  rest: new Int32Array(0),
});
