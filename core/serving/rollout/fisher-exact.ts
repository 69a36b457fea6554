/**
 * How probable it is, if two groups fail equally often, that the first has at least as many failures as it had, given
 * all failures of both: the one-sided exact test for two proportions, which holds for any number of cases.
 * @returns A p-value, 0 to 1. 1 when a group is empty.
 * @see R. A. Fisher, "Statistical Methods for Research Workers", 1934, section 21.02.
 */
export function fisherExact(
  failures: number,
  cases: number,
  otherFailures: number,
  otherCases: number,
): number {
  const total = cases + otherCases;
  const failed = failures + otherFailures;
  const most = Math.min(cases, failed);
  const logs = logFactorials(total);
  const all = logBinomial(logs, total, failed);
  let p = 0;
  for (let count = failures; count <= most; count++) {
    if (failed - count > otherCases) continue;
    p += Math.exp(logBinomial(logs, cases, count) + logBinomial(logs, otherCases, failed - count) - all);
  }
  return Math.min(1, p);
}

/** Natural logarithms of 0! to n!. */
function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  for (let i = 1; i <= n; i++) logs[i] = (logs[i - 1] ?? 0) + Math.log(i);
  return logs;
}

const logBinomial = (logs: Float64Array, n: number, k: number): number =>
  (logs[n] ?? Number.NaN) - (logs[k] ?? Number.NaN) - (logs[n - k] ?? Number.NaN);
