import { writeFileSync } from 'node:fs';
import { resourceUsage } from 'node:process';
import { isMainThread } from 'node:worker_threads';

/**
 * Lets the peak begin anew, where that can be done: on Linux, and where no other thread of the process may be measuring
 * as well. A function on AWS and a process of `reproduce` are alone; a thread of the embedded cloud is not.
 *
 * Source: proc_pid_clear_refs(5), value 5.
 */
export function restartPeakMemory(): void {
  if (!isMainThread) return;
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Another system, or not allowed: the peak is then that of the whole process, which is still an upper bound.
  }
}

/** The most megabytes that the process has held since the peak began anew, or since its own beginning. */
export const peakMemory = (): number => Math.round(resourceUsage().maxRSS / 1024);
