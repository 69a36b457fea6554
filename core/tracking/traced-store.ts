import { sha256, sha256OfFile } from '../storage/digest.ts';
import {
  ACCEPTED,
  BROUGHT,
  DATASETS,
  INCOMING,
  KEPT,
  MONITORING,
  PREDICTIONS,
  QUARANTINE,
  REQUESTS,
  RUNS,
} from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { VersionedObject } from './lineage-event.ts';

interface Stores {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
}

/** What a job has read and written so far, in that order. */
export interface Traces {
  readonly inputs: () => VersionedObject[];
  readonly outputs: () => VersionedObject[];
}

/** Folders of data, models and measurements. The log, the pointers and the records of versions are no data. */
const FOLDERS = [
  INCOMING,
  ACCEPTED,
  QUARANTINE,
  DATASETS,
  REQUESTS,
  PREDICTIONS,
  RUNS,
  BROUGHT,
  KEPT,
  MONITORING,
];

/** Descriptions that lie beside what they describe, and pages for people. */
const DESCRIPTIONS =
  /^(accepted|datasets)\/.*\.json$|^quarantine\/.*\/release\.json$|\/(run|spec)\.json$|\.html$/;

/** Whether an object is data that lineage tells of. */
export const isTraced = (key: string): boolean =>
  FOLDERS.some(folder => key.startsWith(folder)) && !DESCRIPTIONS.test(key);

/** Stores that note which data is read from and written to them, with the hash of its bytes. */
export function traced({ data, models }: Stores): { readonly stores: Stores; readonly traces: Traces } {
  const read = new Map<string, VersionedObject>();
  const written = new Map<string, VersionedObject>();
  return {
    stores: { data: tracedStore(data, read, written), models: tracedStore(models, read, written) },
    traces: {
      // What a job reads back of its own is no input.
      inputs: () => [...read].filter(([id]) => !written.has(id)).map(([, object]) => object),
      outputs: () => [...written.values()],
    },
  };
}

type Noted = Map<string, VersionedObject>;

function tracedStore(store: ObjectStore, read: Noted, written: Noted): ObjectStore {
  const note = (into: Noted, key: string, hash: string): void => {
    into.set(`${store.url} ${key}`, { store, key, sha256: hash });
  };
  const noteBody = (key: string, body: string | Uint8Array): void => {
    if (isTraced(key)) note(written, key, sha256(body));
  };
  return {
    url: store.url,
    head: key => store.head(key),
    list: prefix => store.list(prefix),
    delete: key => store.delete(key),
    async get(key) {
      const object = await store.get(key);
      if (object !== undefined && isTraced(key)) note(read, key, sha256(object.body));
      return object;
    },
    async materialize(key) {
      const object = await store.materialize(key);
      if (isTraced(key)) note(read, key, await sha256OfFile(object.path));
      return object;
    },
    async put(key, body) {
      await store.put(key, body);
      noteBody(key, body);
    },
    async putIfAbsent(key, body) {
      const done = await store.putIfAbsent(key, body);
      if (done) noteBody(key, body);
      return done;
    },
    async putIfMatch(key, body, etag) {
      const done = await store.putIfMatch(key, body, etag);
      if (done) noteBody(key, body);
      return done;
    },
    async putFile(key, path) {
      await store.putFile(key, path);
      if (isTraced(key)) note(written, key, await sha256OfFile(path));
    },
  };
}
