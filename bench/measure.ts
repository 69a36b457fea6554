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

/** A program of `bench/programs` and its arguments. */
export type Program = readonly [name: string, ...args: readonly string[]];

/**
 * Runs a program several times, each in a process of its own, and takes the medians: machines are noisy, and a peak can
 * only be measured from outside of what came before.
 */
export function measure(name: string, args: readonly string[], times = 3): Cost {
  const [cost] = measureInTurn([[name, ...args]], times);
  if (cost === undefined) throw new RangeError('a program was measured, so there is a cost');
  return cost;
}

/** The same for programs that are compared: they run in turn, so that what else the machine does meets all of them. */
export function measureInTurn(programs: readonly Program[], times: number): Cost[] {
  const rounds = Array.from({ length: times }, () => programs.map(runOnce));
  const medianOf = (i: number, part: keyof Cost): number =>
    median(rounds.map(round => round[i]?.[part] ?? Number.NaN));
  return programs.map((_, i) => ({
    seconds: medianOf(i, 'seconds'),
    peak: medianOf(i, 'peak'),
    cores: medianOf(i, 'cores'),
  }));
}

function runOnce([name, ...args]: Program): Cost {
  const path = fileURLToPath(import.meta.resolve(`./programs/${name}.ts`));
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')} failed:\n${stderr}`);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[Math.ceil(sorted.length / 2 - 0.5)] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
