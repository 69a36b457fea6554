import { once } from 'node:events';
import * as z from 'zod';
import { openStore } from '../../../core/storage/open-store.ts';
import { at, perform, VERSIONS } from '../../support/production-operations.ts';

/** What the process prints of each operation. */
export const operationSchema = z.object({
  time: z.string(),
  outcome: z.object({ promoted: z.boolean().optional(), rolledBack: z.boolean().optional() }),
});

/** Promotes and rolls back, one after the other, once it is told to. */
async function decide(url: string, first: number, count: number): Promise<void> {
  const models = openStore(url);
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  for (let i = first; i < first + count; i++) {
    const version = 1 + (i % VERSIONS);
    const outcome = await perform(
      models,
      i % 3 === 0 ? { kind: 'promote', version } : { kind: 'roll back', to: version },
      at(i),
    );
    process.stdout.write(`${JSON.stringify({ time: at(i), outcome })}\n`);
  }
  process.exit();
}

const [, , command, url = '', first, count] = process.argv;
if (command === 'decide') await decide(url, Number(first), Number(count));
