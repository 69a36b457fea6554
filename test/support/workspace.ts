import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { antei } from './antei.ts';

/** A folder and a state for the end-to-end tests of one file, whose steps build on one another; gone when they are done. */
export function workspace() {
  const directory = mkdtempSync(join(tmpdir(), 'antei-e2e-'));
  const state = join(directory, 'state');
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return {
    directory,
    state,
    /** Writes a file into the folder, and gives its path. */
    file(name: string, content: string): string {
      const path = join(directory, name);
      writeFileSync(path, content);
      return path;
    },
    /** What a command says under `--json`, with its exit code. */
    ask(...args: readonly string[]) {
      const { code, stdout, stderr } = antei(...args, '--state', state, '--json');
      expect(stdout, stderr).not.toBe('');
      return { code, ...JSON.parse(stdout) };
    },
  };
}
