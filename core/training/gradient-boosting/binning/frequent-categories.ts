import type { CategoricalColumn } from '../columns.ts';
import { MOST_BINS } from './thresholds.ts';

/**
 * The categories that get a bin: those that occur, at most 255 of them, the most frequent first, equally frequent ones
 * in the order of their names. The others are treated as missing; what is learned from them serves categories that
 * training never saw.
 */
export function frequentCategories({ codes, categories }: CategoricalColumn): string[] {
  const counts = new Float64Array(categories.length);
  for (const code of codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  const byName = new Map<string, number>();
  for (const [code, name] of categories.entries()) {
    const count = counts[code] ?? 0;
    if (count > 0) byName.set(name, (byName.get(name) ?? 0) + count);
  }
  return [...byName]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, MOST_BINS)
    .map(([name]) => name);
}
