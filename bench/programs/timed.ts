/** Runs the work of a benchmark program and prints its cost as the last line, for `measure`. */
export async function timed(work: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  const before = process.cpuUsage();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  // maxRSS is in kibibytes.
  process.stdout.write(
    `${JSON.stringify({
      seconds,
      peak: (process.resourceUsage().maxRSS * 1024) / 1e6,
      cores: (user + system) / 1e6 / seconds,
    })}\n`,
  );
}
