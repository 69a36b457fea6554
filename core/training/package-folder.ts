import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * The folder of an installed package that holds a file: beside the modules in a checkout and in a deployed bundle, or
 * in a Lambda layer. Packages do not export the WebAssembly that they come with, so it is looked for by its path.
 * @throws Error when it is in none of the places.
 */
export function packageFolder(name: string, file: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const found = folders.map(folder => join(folder, name)).find(folder => existsSync(join(folder, file)));
  if (found === undefined) throw new Error(`${name}/${file} was not found in any of: ${folders.join(', ')}`);
  return found;
}
