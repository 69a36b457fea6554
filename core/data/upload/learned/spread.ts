/** How values of earlier parts lie: their mean, and how far from it a value may be without being remarkable. */
export interface Spread {
  readonly mean: number;
  /** Three sample standard deviations, or the floor where the values hardly differ. */
  readonly reach: number;
}

/** Where the three-sigma rule of control charts (Shewhart, 1931) draws its limits. */
const SIGMAS = 3;

/**
 * @param floor The least reach: parts that were all but equal must not make the slightest change remarkable.
 */
export function spreadOf(values: readonly number[], floor: number): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, reach: Math.max(SIGMAS * Math.sqrt(squares / (values.length - 1)), floor) };
}

export const isRemarkable = (value: number, { mean, reach }: Spread): boolean =>
  Math.abs(value - mean) > reach;
