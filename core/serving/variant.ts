import { createHash } from 'node:crypto';

/** Which of the versions in production answers a request. */
export type Variant = 'champion' | 'challenger';

/**
 * The variant that answers a request of a canary: always the same for the same id, and the challenger for `percent` of
 * all ids. Raising the percentage moves requests to the challenger only.
 * @param percent 0 to 100.
 */
export const variantOf = (requestId: string, percent: number): Variant =>
  createHash('sha256').update(requestId).digest().readUInt32BE(0) / 2 ** 32 < percent / 100
    ? 'challenger'
    : 'champion';
