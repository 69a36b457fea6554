import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = join(import.meta.dirname, 'build-in-process.ts');

/** What a process of its own builds, from parts accepted in this order and with so many threads for native work. */
async function build(
  parts: readonly string[],
  threads: number,
): Promise<{ id: string; written: Record<string, string> }> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...parts], {
    env: { ...process.env, UV_THREADPOOL_SIZE: String(threads), TZ: threads === 1 ? 'UTC' : 'Asia/Tokyo' },
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout);
}

test('two processes with other threads, time zones and orders of delivery write the same bytes', async () => {
  const one = await build(['1', '2', '3'], 1);
  const other = await build(['3', '1', '2'], 8);
  expect(other).toEqual(one);
  expect(Object.keys(one.written)).toEqual(
    ['dataset.json', 'profile.json', 'test.parquet', 'train.parquet', 'validation.parquet'].map(
      name => `datasets/sales/${one.id}/${name}`,
    ),
  );
});
