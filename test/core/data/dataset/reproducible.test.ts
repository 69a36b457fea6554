import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('./build-in-process.ts', import.meta.url));

/** Hashes of the files that a process of its own writes, by key: its parts accepted in this order, with so many threads. */
async function build(parts: readonly string[], threads: number): Promise<Record<string, string>> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...parts], {
    env: {
      ...process.env,
      UV_THREADPOOL_SIZE: String(threads),
      TZ: threads === 1 ? 'UTC' : 'Asia/Tokyo',
    },
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout);
}

test('two processes with other threads, time zones and orders of delivery write the same bytes', async () => {
  const one = await build(['1', '2', '3'], 1);
  const other = await build(['3', '1', '2'], 8);
  expect(other).toEqual(one);
  const names = Object.keys(one).map(key => key.replace(/^datasets\/(\w+)\/\w+\//, '$1/'));
  expect(names).toEqual(
    ['classes', 'sales'].flatMap(model =>
      ['dataset.json', 'profile.json', 'test.parquet', 'train.parquet', 'validation.parquet'].map(
        name => `${model}/${name}`,
      ),
    ),
  );
});
