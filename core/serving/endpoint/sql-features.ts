import { type AcceptedPart, currentParts } from '../../data/accepted-parts.ts';
import { withDuckDb } from '../../data/duckdb.ts';
import { neededColumns } from '../../data/features/request-query.ts';
import type { TabularSection } from '../../data/features/tabular-section.ts';
import { identityOf } from '../../storage/digest.ts';
import { dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { PredictorArtifact } from '../../training/tabular/predictor-artifact.ts';
import type { FeatureSource } from './features.ts';
import { Refreshed } from './refreshed.ts';
import { RefusedRequest } from './refusal.ts';
import { WarmQuery } from './warm-query.ts';

/** Joined tables change when files are accepted, which is seldom: a minute late is early enough. */
const FRESHNESS = { stale: 60_000, expired: 300_000 };

interface Loaded {
  /** Of the parts that the tables are made of. */
  readonly identity: string;
  readonly query: WarmQuery;
}

/**
 * Features by SQL: the query that made the examples of training, prepared once over the tables that are accepted now,
 * which are kept in memory.
 * @param model Name of the model.
 */
export async function sqlFeatures(
  data: ObjectStore,
  model: string,
  artifact: PredictorArtifact,
  now: Date,
): Promise<FeatureSource> {
  const { section } = artifact;
  const needed = await withDuckDb({ paths: [] }, connection => neededColumns(connection, section));
  const loaded = new Refreshed<Loaded>(FRESHNESS, async before => {
    const parts = await partsOf(data, model, section, WarmQuery.tables(section, needed));
    const identity = identityOf([...parts].map(([table, all]) => [table, ...all.map(({ part }) => part)]));
    if (before?.identity === identity) return before;
    const query = await WarmQuery.open(data, artifact, needed, keysOf(model, parts));
    before?.query.retire();
    return { identity, query };
  });
  await loaded.get(now);
  return {
    needed,
    compute: async (input, moment) => await (await loaded.get(moment)).query.compute(input),
    [Symbol.asyncDispose]: async () => (await loaded.get(now)).query.retire(),
  };
}

async function partsOf(
  data: ObjectStore,
  model: string,
  { tables }: TabularSection,
  names: readonly string[],
): Promise<Map<string, AcceptedPart[]>> {
  const parts = new Map<string, AcceptedPart[]>();
  for (const table of names) {
    const current = await currentParts(data, { name: model, tables }, table);
    if (current.length === 0) {
      throw new RefusedRequest(503, `Table ${table} has no accepted data, and features need it.`);
    }
    parts.set(table, current);
  }
  return parts;
}

const keysOf = (model: string, parts: ReadonlyMap<string, readonly AcceptedPart[]>): Map<string, string[]> =>
  new Map(
    [...parts].map(([table, all]) => [
      table,
      all.map(({ part }) => dataKeys.acceptedPart(model, table, part)),
    ]),
  );
