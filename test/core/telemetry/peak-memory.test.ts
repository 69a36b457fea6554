import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const FILE = fileURLToPath(import.meta.resolve('../../../core/telemetry/peak-memory.ts'));

/** What a process says of its peak: after 300 MB that are gone again, after a new beginning, and after 100 MB more. */
function peaks(before: string): number[] {
  const program = `
    import { peakMemory, restartPeakMemory } from ${JSON.stringify(FILE)};
    const told = [];
    let held = Buffer.alloc(300 * 2 ** 20, 1);
    told.push(peakMemory());
    held = undefined;
    // The memory is given back by another thread, in its time.
    for (const until = Date.now() + 30_000; process.memoryUsage.rss() > 200 * 2 ** 20 && Date.now() < until; ) {
      gc();
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    ${before}
    told.push(peakMemory());
    held = Buffer.alloc(100 * 2 ** 20, 1);
    told.push(peakMemory());
    console.log(JSON.stringify(told));`;
  const args = ['--expose-gc', '--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

test.runIf(process.platform === 'linux')('begins anew, and forgets what came before', () => {
  const [before = 0, anew = 0, after = 0] = peaks('restartPeakMemory();');
  expect(before).toBeGreaterThan(300);
  expect(anew).toBeLessThan(before - 200);
  expect(after - anew).toBeGreaterThan(80);
  expect(after).toBeLessThan(before - 100);
});

test('never falls by itself', () => {
  const [before = 0, later = 0, after = 0] = peaks('');
  expect(later).toBeGreaterThanOrEqual(before);
  expect(after).toBeGreaterThanOrEqual(later);
});
