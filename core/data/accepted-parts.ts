import * as z from 'zod';
import type { Spec } from '../spec/schema.ts';
import { canonicalJson } from '../storage/digest.ts';
import { dataKeys } from '../storage/layout.ts';
import { mapConcurrently } from '../storage/map-concurrently.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/**
 * Equal-width bins over the values of a column: `rows[i]` lie in [edges[i], edges[i + 1]), in the last bin with both
 * ends. Dates and timestamps count as milliseconds since 1970. Of a large part, every k-th row is counted.
 */
const histogram = z.object({ edges: z.array(z.number()), rows: z.array(z.int()) });

export const columnStatisticsSchema = z.object({
  type: z.enum(['string', 'integer', 'number', 'boolean', 'date', 'timestamp']),
  /** Rows without a value. */
  missing: z.int(),
  /** Distinct values: exact up to a million rows or where values repeat, else an estimate that may be 10 % off. */
  distinct: z.int(),
  /** Smallest and largest value as text; null when no row has a value. */
  min: z.string().nullable(),
  max: z.string().nullable(),
  /** Mean of a numeric column, share of true of a boolean one; null for other types or without values. */
  mean: z.number().nullable(),
  /** The most frequent values, at most 20, most frequent first; empty for columns that are not categorical. */
  top: z.array(z.object({ value: z.string(), rows: z.int() })),
  histogram: histogram.nullable(),
});

/** What is known of an accepted part: lies beside its Parquet file as JSON. */
export const acceptedPartSchema = z.object({
  table: z.string(),
  /** Name of the uploaded file. */
  file: z.string(),
  /** SHA-256 of the uploaded bytes. */
  sha256: z.string(),
  /** SHA-256 of the Parquet file, which is also its key. */
  part: z.string(),
  /** ISO 8601 in UTC; the time of the upload's event. */
  acceptedAt: z.iso.datetime(),
  rows: z.int(),
  /** First and last value of the table's time column, ISO 8601 in UTC; null without one. */
  timeRange: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }).nullable(),
  columns: z.record(z.string(), columnStatisticsSchema),
});

export type AcceptedPart = z.output<typeof acceptedPartSchema>;
export type ColumnStatistics = z.output<typeof columnStatisticsSchema>;
export type Histogram = z.output<typeof histogram>;

/** Oldest first; parts of the same moment in the order of their hashes, so that every reader sees one order. */
const byAcceptance = (a: AcceptedPart, b: AcceptedPart): number =>
  a.acceptedAt === b.acceptedAt ? (a.part < b.part ? -1 : 1) : a.acceptedAt < b.acceptedAt ? -1 : 1;

/** Descriptions read at a time: a table that gets a file a day has a thousand after three years. */
const READS_AT_ONCE = 32;

/** Every accepted part of a table, oldest first. */
export async function listAcceptedParts(
  data: ObjectStore,
  model: string,
  table: string,
): Promise<AcceptedPart[]> {
  const parquets = new Set<string>();
  const infos: string[] = [];
  for await (const { key } of data.list(dataKeys.acceptedParts(model, table))) {
    if (key.endsWith('.parquet')) parquets.add(key.slice(0, -'.parquet'.length));
    else if (key.endsWith('.json')) infos.push(key.slice(0, -'.json'.length));
  }
  // The Parquet file is written last: a description without it is an acceptance that was cut short.
  const complete = infos.filter(stem => parquets.has(stem));
  const parts = await mapConcurrently(complete, READS_AT_ONCE, stem => readInfo(data, `${stem}.json`));
  return parts.filter(part => part !== undefined).sort(byAcceptance);
}

/**
 * The parts that make up a table now, oldest first: all of an `append` table, the newest of a `replace` table.
 * Throws TypeError when the spec has no such table.
 */
export async function currentParts(
  data: ObjectStore,
  spec: Pick<Spec, 'name' | 'tables'>,
  table: string,
): Promise<AcceptedPart[]> {
  const contract = spec.tables[table];
  if (contract === undefined) throw new TypeError(`Spec ${spec.name} has no table "${table}"`);
  const parts = await listAcceptedParts(data, spec.name, table);
  return contract.mode === 'append' ? parts : parts.slice(-1);
}

/**
 * Publishes a part: first its description, then the Parquet file, whose presence means accepted. The same content
 * delivered again is the same part, and counts from its newest acceptance on; nobody is told of it twice.
 * @param path The Parquet file, whose SHA-256 is `info.part`.
 */
export async function publishPart(
  data: ObjectStore,
  model: string,
  info: AcceptedPart,
  path: string,
): Promise<void> {
  const infoKey = dataKeys.acceptedPartInfo(model, info.table, info.part);
  const body = canonicalJson(info);
  for (;;) {
    if (await data.putIfAbsent(infoKey, body)) break;
    const found = await data.get(infoKey);
    if (found === undefined) continue;
    if (parseInfo(found.body).acceptedAt >= info.acceptedAt) break;
    if (await data.putIfMatch(infoKey, body, found.etag)) break;
  }
  const partKey = dataKeys.acceptedPart(model, info.table, info.part);
  if ((await data.head(partKey)) === undefined) await data.putFile(partKey, path);
}

const parseInfo = (body: Buffer): AcceptedPart => acceptedPartSchema.parse(JSON.parse(body.toString()));

async function readInfo(data: ObjectStore, key: string): Promise<AcceptedPart | undefined> {
  const found = await data.get(key);
  return found && parseInfo(found.body);
}
