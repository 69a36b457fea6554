import { gunzipSync, gzipSync } from 'node:zlib';
import { canonicalJson } from '../storage/digest.ts';
import { type Spec, specSchema } from './schema.ts';

/** SSM's largest parameter value, in characters. */
export const PACKED_LIMIT = 8192;

/** The path of the SSM parameters that hold the packed specs. */
export const SPEC_PARAMETERS = '/antei/models';

/** The SSM parameter that holds a model's packed spec. */
export const specParameterName = (model: string): string => `${SPEC_PARAMETERS}/${model}`;

/** A spec as short text: an SSM parameter holds it, and a workflow carries it, so that an execution keeps its spec. */
export const packSpec = (spec: Spec): string =>
  gzipSync(canonicalJson(spec), { level: 9 }).toString('base64');

/** The spec that `packSpec` was given. */
export const unpackSpec = (packed: string): Spec =>
  specSchema.parse(
    JSON.parse(gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: 1 << 22 }).toString()),
  );
