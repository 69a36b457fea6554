import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What one run of a program cost. */
export interface Cost {
  /** Of the work itself, without starting Node. */
  readonly seconds: number;
  /** Largest resident set of the process, in MB of 10^6 bytes. */
  readonly peak: number;
  /** Processor time over time: 2 where two cores were busy throughout. */
  readonly cores: number;
}

/**
 * Runs a program of `bench/programs` several times, each in a process of its own, and takes the medians: machines are
 * noisy, and a peak can only be measured from outside of what came before.
 */
export function measure(program: string, args: readonly string[], times = 3): Cost {
  const path = fileURLToPath(import.meta.resolve(`./programs/${program}.ts`));
  const costs = Array.from({ length: times }, (): Cost => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stderr}`);
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  });
  return {
    seconds: median(costs.map(({ seconds }) => seconds)),
    peak: median(costs.map(({ peak }) => peak)),
    cores: median(costs.map(({ cores }) => cores)),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[Math.ceil(sorted.length / 2 - 0.5)] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
