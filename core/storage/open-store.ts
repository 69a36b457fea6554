import { FileStore } from './file-store.ts';
import type { ObjectStore } from './object-store.ts';
import { S3Store } from './s3.ts';

const BACKENDS: Readonly<Record<string, (url: string) => ObjectStore>> = {
  'file:': url => new FileStore(url),
  's3:': url => new S3Store(url),
};

/** The store behind a URL; the scheme alone decides which. Throws TypeError on any other scheme. */
export function openStore(url: string): ObjectStore {
  const open = BACKENDS[new URL(url).protocol];
  if (open === undefined) {
    throw new TypeError(`No object store for "${url}": allowed are ${Object.keys(BACKENDS).join(' and ')}`);
  }
  return open(url);
}
