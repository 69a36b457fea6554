import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROJECT } from '../../lib/project.ts';
import { command } from './command.ts';
import { ARCHITECTURE, EmulatedAccount } from './emulated-account.ts';

/** The commands of docs/deploy.md, one after the other, as they stand there. */

const page = readFileSync(join(PROJECT, 'docs', 'deploy.md'), 'utf8');
const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);
/** Has happened, or nothing of this would run. */
const DONE = 'npm ci';

const output = mkdtempSync(join(tmpdir(), 'antei-deploy-page-'));
let account: EmulatedAccount;
beforeAll(async () => {
  account = await EmulatedAccount.start();
});
afterAll(async () => {
  await account[Symbol.asyncDispose]();
  rmSync(output, { recursive: true, force: true });
});

/** What the emulator needs beside what the page says: the processor that is there, and updates without change sets. */
const besides = (words: readonly string[]): string[] => {
  if (words[1] !== 'cdk') return [];
  const options = ['-c', `architecture=${ARCHITECTURE}`, '--output', output];
  return words[2] === 'deploy' ? [...options, '--method=direct'] : options;
};

test('the page has commands from bootstrapping to the first model', () => {
  expect(commands[0]).toBe(DONE);
  expect(commands.length).toBeGreaterThan(7);
});

test.each(commands.filter(line => line !== DONE))('%s', async line => {
  const [program = '', ...args] = line.split(' ');
  const { code, stdout, stderr } = await command(program, [...args, ...besides([program, ...args])], {
    env: account.environment,
    cwd: PROJECT,
  });
  expect(code, `${stdout.slice(-2000)}\n${stderr.slice(-2000)}`).toBe(0);
});
