import { availableParallelism } from 'node:os';
import { measure } from './measure.ts';
import { atMost, plain, type Row } from './rows.ts';

/** Threads that one fit uses at most; all cores of a function on AWS, and of a small laptop. */
const MOST_THREADS = 4;

/** A candidate of the MSTL trainer on many short series, on all cores. */
export function mstl(): Row[] {
  const small = measure('mstl-train', ['250']);
  const large = measure('mstl-train', ['1000']);
  const threads = Math.min(availableParallelism(), MOST_THREADS);
  return [
    plain('MSTL: 250 daily series × 500', small),
    atMost('MSTL: 1,000 daily series × 500', large.seconds, 30, 's'),
    atMost('MSTL: 1,000 series, peak memory', large.peak, 400, 'MB'),
    // No mark: it says as much of what else the machine does.
    ['MSTL: 1,000 series, cores kept busy', `${large.cores.toFixed(2)} of ${threads}`, '', ''],
    atMost(
      'MSTL: growth of time with series (exponent)',
      Math.log(large.seconds / small.seconds) / Math.log(4),
      1.1,
      '',
    ),
  ];
}
