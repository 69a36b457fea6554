import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { initSync, MSTL } from '@bsull/augurs/mstl';
import { sha256 } from '../storage/digest.ts';
import { packageFolder } from './package-folder.ts';

const WASM = 'mstl_bg.wasm';

const readWasm = (): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(packageFolder('@bsull/augurs', WASM), WASM)));

let initialised = false;

/** The MSTL class of augurs, once its WebAssembly has been loaded. */
export function loadMstl(): typeof MSTL {
  if (!initialised) initSync({ module: readWasm() });
  initialised = true;
  return MSTL;
}

/** SHA-256 of the WebAssembly that makes the forecasts. */
export const augursDigest = (): string => sha256(readWasm());
