import type { ObjectStore } from './object-store.ts';

export interface MaterializedObjects extends AsyncDisposable {
  /** One path per key, in the order of the keys. */
  readonly paths: readonly string[];
}

/** `materialize` for several keys: all of them, or none. Throws ObjectNotFoundError. */
export async function materializeAll(
  store: ObjectStore,
  keys: readonly string[],
): Promise<MaterializedObjects> {
  await using opened = new AsyncDisposableStack();
  const paths: string[] = [];
  for (const key of keys) paths.push(opened.use(await store.materialize(key)).path);
  const kept = opened.move();
  return { paths, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
