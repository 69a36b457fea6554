import { expect, test } from 'vitest';
import { plainCause } from '../../../core/telemetry/failure-cause.ts';

test.each([
  ['{"errorType":"DatasetError","errorMessage":"too short","trace":[]}', 'too short'],
  ['{"other":1}', '{"other":1}'],
  ['plain text', 'plain text'],
  ['', ''],
])('%j says %j', (cause, words) => {
  expect(plainCause(cause)).toBe(words);
});
