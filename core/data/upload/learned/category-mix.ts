import type { ColumnStatistics } from '../../accepted-parts.ts';

/** Shares of the most frequent values of a column; what is left of 1 is other values. */
export type Mix = ReadonlyMap<string, number>;

/** Undefined for a column that has no category mix. */
export function mixOf({ top }: ColumnStatistics, rows: number, missing: number): Mix | undefined {
  const values = rows - missing;
  if (top.length === 0 || values === 0) return undefined;
  return new Map(top.map(({ value, rows: count }) => [value, count / values]));
}

/** The mean of several mixes. */
export function meanMix(mixes: readonly Mix[]): Mix {
  const mean = new Map<string, number>();
  for (const mix of mixes) {
    for (const [value, share] of mix) mean.set(value, (mean.get(value) ?? 0) + share / mixes.length);
  }
  return mean;
}

/** Total variation distance: the share of rows that would have to change to make one mix the other; 0 to 1. */
export function mixDistance(a: Mix, b: Mix): number {
  const listed = (mix: Mix): number => [...mix.values()].reduce((sum, share) => sum + share, 0);
  let distance = Math.abs(listed(a) - listed(b));
  for (const value of new Set([...a.keys(), ...b.keys()]))
    distance += Math.abs((a.get(value) ?? 0) - (b.get(value) ?? 0));
  return distance / 2;
}

/** The value whose share differs most, with both shares. */
export function largestMove(now: Mix, before: Mix): { value: string; now: number; before: number } {
  const moves = [...new Set([...now.keys(), ...before.keys()])].map(value => ({
    value,
    now: now.get(value) ?? 0,
    before: before.get(value) ?? 0,
  }));
  return moves.reduce((a, b) => (Math.abs(b.now - b.before) > Math.abs(a.now - a.before) ? b : a));
}
