import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { leaveAnswer, takeAnswers } from '../../../local/workflow/answer-box.ts';
import { TaskTokens } from '../../../local/workflow/task-tokens.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const answer = { output: { approved: true } };

async function opened() {
  const state = temporaryDirectory();
  const tokens = await TaskTokens.open(join(state, 'tokens.jsonl'));
  const since = '2026-03-01T00:00:00.000Z';
  await tokens.issue({ token: 'one', machine: 'm', execution: 'e', state: 's', since });
  const leave = (token: string, patience = 60_000) => leaveAnswer({ state, token, answer, patience });
  return { state, tokens, leave, left: () => readdirSync(join(state, 'answers')) };
}

test('an answer that another process left reaches the state that waits, once', async () => {
  const { state, tokens, leave, left } = await opened();
  const both = Promise.all([leave('one'), leave('one'), leave('another')]);
  let done = false;
  const taking = (async () => {
    while (!done) await takeAnswers(state, tokens);
  })();
  const heard = await both;
  done = true;
  await taking;
  expect(heard.slice(0, 2).sort()).toEqual([false, true]);
  expect(heard[2]).toBe(false);
  expect(tokens.answerTo('one')).toEqual(answer);
  expect(left()).toEqual([]);
  await tokens.close();
});

test('an answer that nobody takes is taken back', async () => {
  const { state, tokens, leave, left } = await opened();
  expect(await leave('one', 0)).toBeUndefined();
  expect(left()).toEqual([]);
  await takeAnswers(state, tokens);
  expect(tokens.answerTo('one')).toBeUndefined();
  await tokens.close();
});
