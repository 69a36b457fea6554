import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { Journal } from '../../../local/state/journal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const schema = z.strictObject({ n: z.number() });

test('what was appended is there again, in its order', async () => {
  const path = join(temporaryDirectory(), 'deep', 'journal.jsonl');
  const { journal, entries } = await Journal.open(path, schema);
  expect(entries).toEqual([]);
  await Promise.all([journal.append({ n: 1 }), journal.append({ n: 2 }, { n: 3 }), journal.append()]);
  await journal.close();
  const again = await Journal.open(path, schema);
  expect(again.entries).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  await again.journal.close();
});

test.each(['{"n":', '{"n":2}', '\u0000\u0000'])(
  'the last line "%s" without its end is cut off',
  async partial => {
    const path = join(temporaryDirectory(), 'journal.jsonl');
    writeFileSync(path, '{"n":1}\n');
    appendFileSync(path, partial);
    const { journal, entries } = await Journal.open(path, schema);
    expect(entries).toEqual([{ n: 1 }]);
    await journal.append({ n: 3 });
    await journal.close();
    expect(readFileSync(path, 'utf8')).toBe('{"n":1}\n{"n":3}\n');
  },
);

test('a damaged line is named', async () => {
  const path = join(temporaryDirectory(), 'journal.jsonl');
  writeFileSync(path, '{"n":1}\n{"m":1}\n{"n":1}\n');
  await expect(Journal.open(path, schema)).rejects.toThrow(
    `${path}:2: this line of the journal is damaged: {"m":1}`,
  );
});
