import { gunzipSync, gzipSync } from 'node:zlib';
import { canonicalJson } from '../storage/digest.ts';
import { type Spec, specSchema } from './schema.ts';

/** SSM's largest parameter value, in characters. */
export const PACKED_LIMIT = 8192;

/** A spec as short text: an SSM parameter holds it, and a workflow carries it, so that an execution keeps its spec. */
export const packSpec = (spec: Spec): string =>
  gzipSync(canonicalJson(spec), { level: 9 }).toString('base64');

/** The spec that `packSpec` was given. */
export const unpackSpec = (packed: string): Spec =>
  specSchema.parse(
    JSON.parse(gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: 1 << 22 }).toString()),
  );
