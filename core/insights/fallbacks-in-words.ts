import type { ForecasterRun } from '../training/run-record.ts';

/** For how many series the baseline stood in, and why; undefined where it was for none. */
export function fallbacksInWords({
  fallbacks,
  series,
  fallbackReasons,
}: Pick<ForecasterRun, 'fallbacks' | 'series' | 'fallbackReasons'>): string | undefined {
  if (fallbacks === 0) return undefined;
  const reasons = Object.entries(fallbackReasons).map(([reason, count]) => `${reason} (${count})`);
  return `For ${fallbacks} of ${series} series the baseline stood in: ${reasons.join('; ')}.`;
}
