import type { ObjectStore } from '../core/storage/object-store.ts';

/** Where an object of the embedded cloud lies on this machine. */
export async function pathOf(store: ObjectStore, key: string): Promise<string> {
  await using object = await store.materialize(key);
  return object.path;
}
