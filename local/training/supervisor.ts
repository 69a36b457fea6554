/**
 * Runs one program, and ends it with all that it has started as soon as its own standard input closes: whoever started
 * this process has then asked for it, or died. Tells on file descriptor 3 how the program ended, as JSON.
 */
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';

const [command = '', ...args] = process.argv.slice(2);

// An interrupt at the terminal is meant for whoever started this process, and reaches the program through it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

// A group of its own: what the program starts belongs to it, and is ended with it.
const program = spawn(command, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });

function endAll(): void {
  if (program.pid === undefined) return;
  try {
    process.kill(-program.pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

function tell(how: { code: number | null; signal: string | null } | { error: string }): void {
  writeSync(3, JSON.stringify(how));
  process.exit();
}

process.stdin.on('close', endAll).resume();
program.on('error', ({ message }) => tell({ error: message }));
program.on('exit', (code, signal) => {
  endAll();
  tell({ code, signal });
});
