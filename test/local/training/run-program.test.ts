import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test, vi } from 'vitest';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('a program does not outlive the process that has started it, however that ends', async () => {
  const folder = temporaryDirectory();
  const pidFile = join(folder, 'pid');
  const program = `
    require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
    setInterval(() => undefined, 1000);
  `;
  const starter = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { runProgram } from ${JSON.stringify(resolve('local/training/run-program.ts'))};
     await runProgram({
       command: [process.execPath, '-e', ${JSON.stringify(program)}],
       folder: ${JSON.stringify(folder)}, variables: {}, seconds: 100, signal: new AbortController().signal,
     });`,
  ]);
  await vi.waitFor(() => expect(readFileSync(pidFile, 'utf8')).toMatch(/^\d+$/), 20_000);
  const pid = readFileSync(pidFile, 'utf8');
  expect(state(pid)).toMatch(/^[^Z]/);
  starter.kill('SIGKILL');
  // Killed, though perhaps still in the table.
  await vi.waitFor(() => expect(state(pid)).toMatch(/^(Z|$)/), 10_000);
});

const state = (pid: string): string =>
  spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout.trim();
