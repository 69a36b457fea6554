import type { ForecastingSpec } from '../../spec/schema.ts';
import { dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { type AcceptedPart, currentParts } from '../accepted-parts.ts';

/**
 * The accepted parts of the series' table, in the order of their hashes: it does not depend on when they arrived,
 * so equal parts give equal sums.
 */
export async function seriesParts(data: ObjectStore, spec: ForecastingSpec): Promise<AcceptedPart[]> {
  const parts = await currentParts(data, spec, spec.series.table);
  return parts.sort((a, b) => (a.part < b.part ? -1 : 1));
}

/** Keys of the Parquet files of such parts. */
export const partKeys = ({ name, series }: ForecastingSpec, parts: readonly AcceptedPart[]): string[] =>
  parts.map(({ part }) => dataKeys.acceptedPart(name, series.table, part));
