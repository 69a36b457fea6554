import type { AnyDataset } from './load-dataset.ts';

/** A fact of two datasets. */
export interface Change<T> {
  readonly before: T;
  readonly after: T;
}

/** What only one of two datasets has. */
export interface Membership<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
}

/** @param identity Text that is equal for what counts as the same. */
export function membership<T>(
  before: readonly T[],
  after: readonly T[],
  identity: (item: T) => string,
): Membership<T> {
  const old = new Set(before.map(identity));
  const fresh = new Set(after.map(identity));
  return {
    added: after.filter(item => !old.has(identity(item))),
    removed: before.filter(item => !fresh.has(identity(item))),
  };
}

/** Accepted parts that only one of two datasets was built from. */
export const sourceMembership = (
  before: AnyDataset,
  after: AnyDataset,
): Membership<AnyDataset['sources'][number]> =>
  membership(before.sources, after.sources, ({ table, sha256 }) => `${table}/${sha256}`);
