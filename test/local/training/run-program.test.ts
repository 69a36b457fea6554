import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('a program does not outlive the process that has started it, however that ends', async () => {
  const folder = temporaryDirectory();
  const pidFile = join(folder, 'pid');
  const program = `
    require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, process.pid + '.');
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
  onTestFinished(() => void starter.kill('SIGKILL'));
  await eventually(() => expect(readFileSync(pidFile, 'utf8')).toMatch(/\.$/));
  const pid = readFileSync(pidFile, 'utf8').slice(0, -1);
  expect(state(pid)).toMatch(/^[^Z]/);
  starter.kill('SIGKILL');
  // Killed, though perhaps still in the table.
  await eventually(() => expect(state(pid)).toMatch(/^(Z|$)/));
});

const state = (pid: string): string =>
  spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout.trim();
