import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { UnknownResourceError } from '../errors.ts';
import { readJsonFile, writeAtomically } from '../state/atomic-file.ts';
import { type TaskTokens, type TokenAnswer, tokenAnswerSchema } from './task-tokens.ts';

const leftSchema = z.strictObject({ token: z.string(), answer: tokenAnswerSchema });
const heardSchema = z.boolean();

/** `answers/<id>.left` in the state directory, and whether somebody waited for it beside it. */
const folderOf = (state: string): string => join(state, 'answers');
const [LEFT, HEARD] = ['.left', '.heard'];

/** How often who left an answer looks whether it was heard, in milliseconds. */
const EVERY = 100;

/**
 * Hands the answers on that other processes left for states that wait: one process at a time has a state directory, and
 * people decide while it does.
 */
export async function takeAnswers(state: string, tokens: TaskTokens): Promise<void> {
  const folder = folderOf(state);
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (!name.endsWith(LEFT)) continue;
    const path = join(folder, name);
    const left = await readJsonFile(path, leftSchema);
    // Who left it gave up waiting.
    if (left === undefined) continue;
    const heard = await isHeard(tokens, left);
    await writeAtomically(`${path.slice(0, -LEFT.length)}${HEARD}`, JSON.stringify(heard));
    await rm(path, { force: true });
  }
}

async function isHeard(tokens: TaskTokens, { token, answer }: z.output<typeof leftSchema>): Promise<boolean> {
  try {
    await tokens.answer(token, answer);
    return true;
  } catch (error) {
    if (error instanceof UnknownResourceError) return false;
    throw error;
  }
}

/**
 * Leaves an answer for the process that has a state directory.
 * @param o.patience Milliseconds.
 * @returns Whether a state waited for it; undefined where nobody took it in time. It is taken back then.
 */
export async function leaveAnswer(o: {
  readonly state: string;
  readonly token: string;
  readonly answer: TokenAnswer;
  readonly patience: number;
}): Promise<boolean | undefined> {
  const { state, token, answer, patience } = o;
  const path = join(folderOf(state), randomUUID());
  await writeAtomically(`${path}${LEFT}`, JSON.stringify({ token, answer }));
  const begin = performance.now();
  try {
    for (;;) {
      const heard = await readJsonFile(`${path}${HEARD}`, heardSchema);
      if (heard !== undefined) return heard;
      if (performance.now() - begin > patience) return undefined;
      await pause(EVERY);
    }
  } finally {
    await Promise.all([LEFT, HEARD].map(end => rm(`${path}${end}`, { force: true })));
  }
}
