import { fileURLToPath } from 'node:url';
import type { ObjectStore } from '../core/storage/object-store.ts';

/** Where a person finds an object: its path on this machine, or its address in S3. */
export function addressOf({ url }: ObjectStore, key: string): string {
  const address = `${url}/${key.split('/').map(encodeURIComponent).join('/')}`;
  return address.startsWith('file:') ? fileURLToPath(address) : `${url}/${key}`;
}
