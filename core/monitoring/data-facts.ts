import { listAcceptedParts } from '../data/accepted-parts.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type DataFacts, findMonitoring } from './monitoring-record.ts';

/**
 * What was delivered of a table: how new the newest row was when a window was measured first, and how much was accepted
 * from its beginning until then, how complete.
 * @param o.time ISO 8601; the moment of this measurement.
 */
export async function dataFacts(o: {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly model: string;
  readonly table: string;
  readonly window: string;
  readonly from: Date;
  readonly time: string;
}): Promise<DataFacts> {
  const known = await findMonitoring(o.models, o.model, o.window);
  const asOf = new Date(known?.data?.asOf ?? o.time);
  const parts = await listAcceptedParts(o.data, o.model, o.table);
  const before = parts.filter(({ acceptedAt }) => new Date(acceptedAt) <= asOf);
  const newest = before
    .flatMap(({ timeRange }) => timeRange?.to ?? [])
    .reduce<string | null>((latest, time) => (latest === null || time > latest ? time : latest), null);
  const within = before.filter(({ acceptedAt }) => new Date(acceptedAt) >= o.from);
  const columns = within.flatMap(part =>
    Object.values(part.columns).map(({ missing }) => ({ missing, rows: part.rows })),
  );
  const cells = columns.reduce((sum, { rows }) => sum + rows, 0);
  return {
    ...{ table: o.table, asOf: asOf.toISOString(), newest },
    ...{ files: within.length, rows: within.reduce((sum, { rows }) => sum + rows, 0) },
    age: newest === null ? null : (asOf.getTime() - Date.parse(newest)) / 1000,
    missing: cells === 0 ? null : columns.reduce((sum, { missing }) => sum + missing, 0) / cells,
  };
}
