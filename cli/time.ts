import { UsageError } from './command.ts';

/** The moment that a command happens at: now, or what `--time` says, so that history can be replayed. */
export function timeOption(text: string | undefined): Date {
  const time = text === undefined ? new Date() : new Date(text);
  if (Number.isNaN(time.getTime())) {
    throw new UsageError(`--time takes a moment such as 2026-01-31 or 2026-01-31T12:00:00Z, not "${text}"`);
  }
  return time;
}
