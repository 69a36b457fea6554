import { listEvents } from '../core/registry/events.ts';
import { readProduction } from '../core/registry/production.ts';
import { type Answer, type Invocation, UsageError } from './command.ts';
import type { Session } from './deployments/deployment.ts';
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
 * Lets a person decide, waits for what follows from it, and tells what happened since.
 * @param decide What it refuses is told instead of the events.
 */
export async function decision(
  { option, deployment }: Invocation,
  model: string,
  decide: (session: Session, decided: Decided) => Promise<{ readonly refused?: string }>,
): Promise<Answer> {
  // Nothing is started where there is nothing to decide about.
  await deployment.stores();
  const reason = option('reason')?.trim();
  if (reason === undefined || reason === '')
    throw new UsageError('--reason is missing: say why, for the record');
  const by = await deployment.actor();
  return deployment.decision(option('time'), async session => {
    const { models } = session.stores;
    const since = session.now.getTime();
    const { refused } = await decide(session, { model, reason, by, time: session.now.toISOString() });
    await session.settle(model);
    const events = (await listEvents(models, model)).filter(({ time }) => Date.parse(time) >= since);
    const production = (await readProduction(models, model)) ?? null;
    const rows = events.map(({ time, kind, actor, summary }) => [time, kind, actor, summary]);
    return {
      facts: { model, production, events, refused: refused ?? null },
      text: refused ?? table(['time', 'event', 'by', 'what happened'], rows),
      refused: refused !== undefined,
    };
  });
}
