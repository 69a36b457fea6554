import { arch, platform, versions } from 'node:process';
import { version as duckDbVersion } from '@duckdb/node-api';
import { augursDigest } from './augurs.ts';
import { runtimeDigest } from './onnx/runtime.ts';

/** Identities of what the numbers of a run depend on, beside our own code. */
export const libraryVersions = (trainer: string): Record<string, string> => ({
  node: versions.node,
  v8: versions.v8,
  platform: `${platform} ${arch}`,
  duckdb: duckDbVersion(),
  '@bsull/augurs': `sha256:${augursDigest()}`,
  // Large enough that only those who use it look at it.
  ...((trainer === 'onnx' || trainer === 'script') && { 'onnxruntime-web': `sha256:${runtimeDigest()}` }),
});
