import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { initSync, MSTL } from '@bsull/augurs/mstl';
import { sha256 } from '../storage/digest.ts';

/** The package does not export its WebAssembly file; it lies beside the modules, here and in a deployed bundle. */
const WASM = join('@bsull', 'augurs', 'mstl_bg.wasm');

function readWasm(): Uint8Array<ArrayBuffer> {
  const folders = createRequire(import.meta.url).resolve.paths('@bsull/augurs') ?? [];
  for (const folder of folders) {
    try {
      return new Uint8Array(readFileSync(join(folder, WASM)));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  throw new Error(`${WASM} was not found in any of: ${folders.join(', ')}`);
}

let initialised = false;

/** The MSTL class of augurs, once its WebAssembly has been loaded. */
export function loadMstl(): typeof MSTL {
  if (!initialised) initSync({ module: readWasm() });
  initialised = true;
  return MSTL;
}

/** SHA-256 of the WebAssembly that makes the forecasts. */
export const augursDigest = (): string => sha256(readWasm());
