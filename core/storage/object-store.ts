/** What is known of an object without reading it. `etag` changes with every write of the key. */
export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
}

export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
}

/** A local copy (or the object itself, read only); disposing of it deletes what was copied. */
export interface MaterializedObject extends AsyncDisposable {
  readonly path: string;
}

/**
 * The one interface to objects. Both implementations pass `test/conformance/object-store.ts`.
 * Every write is atomic: a reader sees the old object or the new one, whole.
 */
export interface ObjectStore {
  /** `s3://bucket` or `file:///directory`. */
  readonly url: string;
  /** The object, or undefined when there is none. */
  get(key: string): Promise<StoredObject | undefined>;
  put(key: string, body: string | Uint8Array): Promise<void>;
  /** Writes only where nothing is; of any number of concurrent callers exactly one gets `true`. */
  putIfAbsent(key: string, body: string | Uint8Array): Promise<boolean>;
  /** Writes only over the version with this etag; `false` when it has changed or is gone. */
  putIfMatch(key: string, body: string | Uint8Array, etag: string): Promise<boolean>;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** All objects under a prefix, in the byte order of their keys. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** A path on this machine with the object's bytes, to be read only. Throws ObjectNotFoundError. */
  materialize(key: string): Promise<MaterializedObject>;
  /** Stores a file of this machine under a key. */
  putFile(key: string, path: string): Promise<void>;
}
