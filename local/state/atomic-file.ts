import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** Replaces a file as a whole: whoever reads sees the old content or the new, also after the power failed. */
export async function writeAtomically(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const scratch = `${path}.${randomUUID()}`;
  {
    await using file = await open(scratch, 'wx');
    await file.writeFile(content);
    await file.sync();
  }
  await rename(scratch, path);
}

/** The value in a JSON file, or undefined when there is no file. Throws when it is there and not as the schema says. */
export async function readJsonFile<S extends z.ZodType>(
  path: string,
  schema: S,
): Promise<z.output<S> | undefined> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  return content === undefined ? undefined : schema.parse(JSON.parse(content));
}
