/**
 * The results of work on each item, in the order of the items, with at most so many under way at a time: stores answer
 * many requests at once, but a thousand open ones take sockets and memory from everything else.
 * @throws What the first failing work throws; nothing new is begun after it.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const entries = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    // All workers take from one iterator, so each item is taken once.
    for (const [i, item] of entries) {
      if (failed) return;
      try {
        results[i] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
