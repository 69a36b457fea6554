import type { Evaluation } from '../evaluation/evaluation-record.ts';
import type { RunRecord } from '../training/run-record.ts';

/** What a run says of one thing: null where it says nothing. */
export type Told = string | number | boolean | null;

export interface ComparedFact {
  readonly name: string;
  /** One for each run, in the order of the runs. */
  readonly values: readonly Told[];
  readonly differs: boolean;
}

export interface Comparison {
  /** What went into the runs: equal inputs and hyperparameters give equal models. */
  readonly inputs: readonly ComparedFact[];
  readonly hyperparameters: readonly ComparedFact[];
  /** By part and metric, such as `validation.mase`; the test part is known of runs that were chosen. */
  readonly metrics: readonly ComparedFact[];
  /** What came of the runs beside metrics. */
  readonly outcome: readonly ComparedFact[];
  /** Whether the metrics are of the same data, so that they can be compared at all. */
  readonly sameData: boolean;
}

/** A run with the evaluation that it has if it was chosen. */
export interface ComparedRun {
  readonly run: RunRecord;
  readonly evaluation: Evaluation | undefined;
}

/** Runs side by side. */
export function compareRuns(runs: readonly ComparedRun[]): Comparison {
  const rows = (of: (run: ComparedRun) => Readonly<Record<string, unknown>>): ComparedFact[] => {
    const all = runs.map(of);
    const names = [...new Set(all.flatMap(facts => Object.keys(facts)))];
    return names.map(name => {
      const values = all.map(facts => told(facts[name]));
      return { name, values, differs: new Set(values).size > 1 };
    });
  };
  const inputs = rows(({ run: { script, versions, ...run } }) => ({
    ...{ model: run.model, dataset: run.dataset, trainer: run.trainer, seed: run.seed },
    ...(script !== undefined && { command: script.command.join(' '), image: script.image }),
    ...{ spec: run.specDigest, code: run.codeDigest },
    ...versions,
  }));
  return {
    inputs,
    hyperparameters: rows(({ run }) => run.hyperparameters).sort((a, b) => (a.name < b.name ? -1 : 1)),
    metrics: rows(({ run, evaluation }) => ({
      ...named('validation', run.status === 'succeeded' ? run.metrics.validation : {}),
      ...named('test', evaluation?.test.chosen ?? {}),
    })),
    outcome: rows(({ run }) => ({
      status: run.status,
      ...(run.status === 'failed'
        ? { error: `${run.error.name}: ${run.error.message}` }
        : named('sha256 of', run.artifacts, ' ')),
      ...{ time: run.time, seconds: run.seconds, memory: run.memory },
    })),
    sameData: !inputs.some(({ name, differs }) => (name === 'model' || name === 'dataset') && differs),
  };
}

const named = (part: string, values: Readonly<Record<string, unknown>>, between = '.') =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${part}${between}${name}`, value]));

const told = (value: unknown): Told =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
