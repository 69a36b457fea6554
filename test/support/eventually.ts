import { vi } from 'vitest';

/** Longer than any machine takes, and short enough that a test that fails here says what it waited for. */
const CEILING = 120_000;

/** Waits until a check passes; for what happens at no promised moment, such as in another process. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: CEILING, interval: 20 });
