import type { Measures } from '../core/evaluation/measures.ts';
import { readableTime } from '../core/insights/readable.ts';
import type { RunRecord } from '../core/training/run-record.ts';
import type { ShownMetric } from './shown-metric.ts';
import { cutTo, rounded, table } from './table.ts';

/** A run, and its measures on the test part if it was chosen. */
export interface ListedRun {
  readonly run: RunRecord;
  readonly test: Measures;
}

/** Digits of an id that are enough for people and for `compare`, unless two of them begin alike. */
const SHORTEST = 8;

/**
 * A table of runs that fits the terminal: ids as far as they differ, and hyperparameters, of which there may be many, at
 * the end of the line.
 * @param width Characters of a line; undefined where nothing has to be cut.
 */
export function describeRuns(
  runs: readonly ListedRun[],
  metric: ShownMetric,
  width: number | undefined,
): string {
  const short = abbreviated(runs.map(({ run }) => run.id));
  const data = abbreviated(runs.map(({ run }) => run.dataset));
  const settings = settingsOf(runs.map(({ run }) => run));
  const rows = runs.map(({ run, test }, i) => [
    ...[short(run.id), readableTime(run.time), data(run.dataset), run.trainer, run.status],
    ...[metric.of(run.status === 'succeeded' ? run.metrics.validation : {}), metric.of(test)],
    ...[Number(rounded(run.seconds)), run.memory, settings[i] ?? ''],
  ]);
  const metrics = [`${metric.label} validation`, 'test'];
  const headings = ['run', 'time', 'dataset', 'trainer', 'status', ...metrics, 's', 'MB', 'hyperparameters'];
  return cutTo(width, table(headings, rows));
}

/** What every run was given; first the ones that other runs of its trainer were given otherwise. */
function settingsOf(runs: readonly RunRecord[]): string[] {
  return runs.map(({ trainer, hyperparameters }) => {
    const kin = runs.filter(other => other.trainer === trainer);
    const [differing, common]: [string[], string[]] = [[], []];
    for (const [name, value] of Object.entries(hyperparameters).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const same = kin.every(other => other.hyperparameters[name] === value);
      (same ? common : differing).push(`${name} ${value}`);
    }
    return [...differing, ...common].join(', ');
  });
}

/** The beginnings of ids that tell them apart. */
function abbreviated(ids: readonly string[]): (id: string) => string {
  const all = new Set(ids);
  let length = SHORTEST;
  while (new Set([...all].map(id => id.slice(0, length))).size < all.size) length++;
  return id => id.slice(0, length);
}
