/** What is known of the numbers of a column. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly median: number;
  /** Values, without the missing ones. */
  readonly count: number;
}

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly why: string;
}

/** Fewer values say too little of what may come. */
const LEAST_VALUES = 30;

/** From so many values on, the range of tomorrow is taken to be near that of today. */
const MANY_VALUES = 1000;

/** Room for growth and rare events, in lengths of the range; too little for a changed unit. */
const ROOM = { many: 1, few: 9 } as const;

/** A quiet sample has a narrow range: there is always room for a tenth of the largest value. */
const LEAST_ROOM = 0.1;

/** Lengths, prices, counts reach over orders of magnitude, most of them small; temperatures do not. */
const WIDE_RATIO = 100;

/**
 * Bounds for the values to come, wider than those seen, rounded outward to 1, 2 or 5 times a power of ten. A file that
 * is right must not be rejected, so where little is known there are none.
 */
export function boundsFor({ min, max, mean, median, count }: NumberRange): Bounds | undefined {
  if (count < LEAST_VALUES || min === max) return undefined;
  const floor = min === 0 || (min > 0 && max / min >= WIDE_RATIO && mean > median);
  const range = floor ? max : max - min;
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const room = Math.max((count >= MANY_VALUES ? ROOM.many : ROOM.few) * range, LEAST_ROOM * largest);
  const upper = roundUp(max + room);
  // Whether what was positive so far may become negative, and how far, the sample does not tell.
  const lower = min > 0 && min < room ? -upper : roundDown(min - room);
  const bounds = { min: floor ? 0 : lower, max: upper };
  if (!Number.isFinite(bounds.min) || !Number.isFinite(bounds.max)) return undefined;
  const below = floor ? ', none below 0' : '';
  return { ...bounds, why: `${plain(min)} to ${plain(max)} seen${below}; room for ${plain(room)} more` };
}

/** Degrees have bounds by nature. */
export function degreesFor(name: string, { min, max }: Pick<NumberRange, 'min' | 'max'>): Bounds | undefined {
  const words = name.toLowerCase();
  const limit = /^(lat|latitude)$/.test(words)
    ? 90
    : /^(lon|lng|long|longitude)$/.test(words)
      ? 180
      : undefined;
  if (limit === undefined || min < -limit || max > limit) return undefined;
  return { min: -limit, max: limit, why: `${plain(min)} to ${plain(max)} seen; degrees end at ${limit}` };
}

/** The next of 1, 2, 5, 10, 20 … times a power of ten that is not below a positive number. */
function stepUp(value: number): number {
  const exponent = Math.floor(Math.log10(value));
  for (const factor of [1, 2, 5, 10]) {
    const step = scaled(factor, exponent);
    if (step >= value) return step;
  }
  return scaled(20, exponent);
}

/** The last of them that is not above a positive number. */
function stepDown(value: number): number {
  const exponent = Math.floor(Math.log10(value));
  for (const factor of [10, 5, 2, 1]) {
    const step = scaled(factor, exponent);
    if (step <= value) return step;
  }
  return scaled(5, exponent - 1);
}

/** Through text, because 10 ** -3 is not the number that 0.001 names. */
const scaled = (factor: number, exponent: number): number => Number(`${factor}e${exponent}`);

export const roundUp = (value: number): number =>
  value === 0 ? 0 : value > 0 ? stepUp(value) : -stepDown(-value);
export const roundDown = (value: number): number => -roundUp(-value) + 0;

/** A number as a comment shows it. */
export const plain = (value: number): string => String(Number(value.toPrecision(6)));
