import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of this machine for work in progress; disposing of it deletes it with everything in it. */
export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
}

/** A new, empty folder. */
export async function scratchFolder(purpose: string): Promise<ScratchFolder> {
  const path = await mkdtemp(join(tmpdir(), `antei-${purpose}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
