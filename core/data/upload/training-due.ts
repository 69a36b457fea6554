import type { Spec } from '../../spec/schema.ts';
import { joinedTables, learnedTable, trainsOn } from '../../spec/stages.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { listAcceptedParts } from '../accepted-parts.ts';

/**
 * Whether a part that was accepted is a reason to train. Rows to learn from always are. The first part of a table that
 * they are joined with is one when they are there already: files that come at the same time are accepted in any order,
 * and no training was possible without it. Whichever part is accepted last sees the others, so one of them is due.
 */
export async function trainingDue(o: {
  readonly data: ObjectStore;
  readonly spec: Spec;
  /** Where the part was accepted. */
  readonly table: string;
  /** Its hash. */
  readonly part: string;
}): Promise<boolean> {
  const { data, spec, table, part } = o;
  if (trainsOn(spec, table)) return true;
  if (spec.stage === 'data' || !joinedTables(spec).includes(table)) return false;
  const [first] = await listAcceptedParts(data, spec.name, table);
  if (first?.part !== part) return false;
  return (await listAcceptedParts(data, spec.name, learnedTable(spec))).length > 0;
}
