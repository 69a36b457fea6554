import { statSync } from 'node:fs';
import { VirtualClock } from '../local/virtual-clock.ts';
import { timeOption } from './time.ts';

/** How far the clock of a state may be behind that of the machine before it counts as one that replays history. */
const REPLAYS = 3_600_000;

/**
 * The moment of a decision: what `--time` says, or now. In a state whose clock `--time` has set to the past, time goes on
 * from there: the decision must not come years after what it is about.
 */
export async function decisionTime(state: string, option: string | undefined): Promise<Date> {
  const now = timeOption(option);
  if (option !== undefined) return now;
  const path = VirtualClock.pathIn(state);
  const lastUsed = statSync(path, { throwIfNoEntry: false })?.mtime;
  if (lastUsed === undefined) return now;
  const clock = await VirtualClock.open(path, new Date(0));
  const behind = lastUsed.getTime() - clock.now.getTime();
  return behind > REPLAYS || clock.now > now ? clock.now : now;
}
