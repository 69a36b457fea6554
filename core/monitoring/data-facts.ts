import { listAcceptedParts } from '../data/accepted-parts.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { DataFacts } from './monitoring-record.ts';

/**
 * What was delivered of a table: how new the newest row is at the end of a window, and how much was accepted within
 * it, how complete. Parts that were accepted later do not count, so that a window tells the same whenever it is
 * measured.
 */
export async function dataFacts(
  data: ObjectStore,
  model: string,
  table: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<DataFacts> {
  const parts = await listAcceptedParts(data, model, table);
  const before = parts.filter(({ acceptedAt }) => new Date(acceptedAt) <= to);
  const newest = before
    .flatMap(({ timeRange }) => timeRange?.to ?? [])
    .reduce<string | null>((latest, time) => (latest === null || time > latest ? time : latest), null);
  const within = before.filter(({ acceptedAt }) => new Date(acceptedAt) > from);
  const columns = within.flatMap(part =>
    Object.values(part.columns).map(({ missing }) => ({ missing, rows: part.rows })),
  );
  const cells = columns.reduce((sum, { rows }) => sum + rows, 0);
  return {
    ...{ table, newest, files: within.length, rows: within.reduce((sum, { rows }) => sum + rows, 0) },
    age: newest === null ? null : (to.getTime() - Date.parse(newest)) / 1000,
    missing: cells === 0 ? null : columns.reduce((sum, { missing }) => sum + missing, 0) / cells,
  };
}
