import type { Spec } from '../../spec/schema.ts';
import { dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { AcceptedPart } from '../accepted-parts.ts';

export interface LocalParts extends AsyncDisposable {
  /** One path per part, in the order of the parts. */
  readonly paths: readonly string[];
}

/** Files of the accepted parts of a spec's series on this machine, until disposed of. */
export async function materializeParts(
  data: ObjectStore,
  spec: Spec,
  parts: readonly AcceptedPart[],
): Promise<LocalParts> {
  await using opened = new AsyncDisposableStack();
  const paths: string[] = [];
  for (const { part } of parts) {
    const file = await data.materialize(dataKeys.acceptedPart(spec.name, spec.series.table, part));
    paths.push(opened.use(file).path);
  }
  const kept = opened.move();
  return { paths, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
