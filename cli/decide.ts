import { listEvents } from '../core/registry/events.ts';
import { readProduction } from '../core/registry/production.ts';
import { type Answer, type Invocation, UsageError } from './command.ts';
import { decisionTime } from './decision-time.ts';
import { type LocalCloud, storesOf, withLocalCloud } from './local-cloud.ts';
import { localUser } from './local-user.ts';
import { deployedSpecs } from './specs.ts';
import { table } from './table.ts';

/** What a person decides about a model. */
interface Decided {
  readonly model: string;
  /** ISO 8601, on the cloud's clock. */
  readonly time: string;
  /** Why, as `--reason` says. */
  readonly reason: string;
  readonly by: string;
}

export const DECISION_OPTIONS = { reason: { type: 'string' }, time: { type: 'string' } } as const;

/** The number of a version, as a command line writes it. */
export function versionNumber(text: string | undefined): number {
  if (text !== undefined && /^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(
    text === undefined ? 'Name a version, such as 3' : `"${text}" is no version number, such as 3`,
  );
}

/**
 * Lets a person decide, runs what follows from it to its end, and tells what happened since.
 * @param decide Returns facts for `--json`, beside the events.
 */
export async function decision(
  { option, state, models: directory }: Invocation,
  model: string,
  decide: (local: LocalCloud, decided: Decided) => Promise<{ readonly refused?: string }>,
): Promise<Answer> {
  await storesOf(state);
  const reason = option('reason')?.trim();
  if (reason === undefined || reason === '')
    throw new UsageError('--reason is missing: say why, for the record');
  const specs = deployedSpecs(state, directory);
  const moment = await decisionTime(state, option('time'));
  return withLocalCloud({ specs, state, time: moment }, async local => {
    const { cloud, stores } = local;
    const since = cloud.now.getTime();
    const { refused } = await decide(local, {
      model,
      reason,
      time: cloud.now.toISOString(),
      by: localUser(),
    });
    await cloud.settle();
    const events = (await listEvents(stores.models, model)).filter(({ time }) => Date.parse(time) >= since);
    const production = (await readProduction(stores.models, model)) ?? null;
    const rows = events.map(({ time, kind, actor, summary }) => [time, kind, actor, summary]);
    return {
      facts: { model, production, events, refused: refused ?? null },
      text: refused ?? table(['time', 'event', 'by', 'what happened'], rows),
      refused: refused !== undefined,
    };
  });
}
