import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

/**
 * An append-only file of JSON lines. An append is on disk when its promise resolves. What a killed process left of its
 * last line is cut off when the journal is opened again.
 */
export class Journal<T> {
  readonly #file: FileHandle;
  #last: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens the journal and returns what is in it, oldest first. Throws on a damaged line that is not the last. */
  static async open<S extends z.ZodType>(
    path: string,
    schema: S,
  ): Promise<{ journal: Journal<z.input<S>>; entries: z.output<S>[] }> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a+');
    const content = await file.readFile();
    const whole = content.subarray(0, content.lastIndexOf('\n') + 1);
    if (whole.length < content.length) await file.truncate(whole.length);
    const entries = whole
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((line, i) => {
        try {
          return schema.parse(JSON.parse(line));
        } catch (cause) {
          throw new Error(`${path}:${i + 1}: this line of the journal is damaged: ${line.slice(0, 80)}`, {
            cause,
          });
        }
      });
    return { journal: new Journal(file), entries };
  }

  append(...entries: readonly T[]): Promise<void> {
    const lines = entries.map(entry => `${JSON.stringify(entry)}\n`).join('');
    this.#last = this.#last.then(async () => {
      await this.#file.appendFile(lines);
      await this.#file.datasync();
    });
    return this.#last;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file.close();
  }
}
