import { dataKeys } from '../../storage/layout.ts';
import { type MaterializedObjects, materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { DatasetError } from '../../telemetry/errors.ts';
import { currentParts } from '../accepted-parts.ts';
import { parquetRows } from '../parquet-rows.ts';
import type { Relations } from './examples-query.ts';
import type { TabularSection } from './tabular-section.ts';

/** The rows that tables have now. */
export interface AcceptedRelations extends MaterializedObjects {
  readonly relations: Relations;
}

/**
 * The accepted parts of tables, as relations for the queries of examples.
 * @throws DatasetError when a table has no accepted data.
 */
export async function acceptedRelations(
  data: ObjectStore,
  model: string,
  { tables }: Pick<TabularSection, 'tables'>,
  names: Iterable<string>,
): Promise<AcceptedRelations> {
  const parts: { readonly table: string; readonly key: string }[] = [];
  for (const table of new Set(names)) {
    const current = await currentParts(data, { name: model, tables }, table);
    if (current.length === 0) {
      throw new DatasetError(
        `Table ${table} of ${model} has no accepted data, and features need it. Put a file under ` +
          `${dataKeys.incoming({ model, table, file: '' })} first.`,
      );
    }
    for (const { part } of current) parts.push({ table, key: dataKeys.acceptedPart(model, table, part) });
  }
  const files = await materializeAll(
    data,
    parts.map(({ key }) => key),
  );
  const pathsOf = (table: string): string[] => files.paths.filter((_, i) => parts[i]?.table === table);
  return {
    paths: files.paths,
    relations: Object.fromEntries(parts.map(({ table }) => [table, parquetRows(pathsOf(table))])),
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  };
}
