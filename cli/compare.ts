import { findEvaluation } from '../core/evaluation/evaluation-record.ts';
import { type ComparedFact, compareRuns, type Told } from '../core/tracking/compare-runs.ts';
import { type Command, UsageError } from './command.ts';
import { rounded, section, styled, table } from './table.ts';
import { trackedRun } from './tracked-run.ts';

export const compare: Command = {
  summary: 'runs side by side: inputs, hyperparameters and metrics, and what differs',
  usage: 'RUN RUN…',
  async run({ positionals, deployment }) {
    if (positionals.length < 2) {
      throw new UsageError('Name at least two runs, by id or by version (departures/2)');
    }
    const { models } = await deployment.stores();
    const tracked = await Promise.all(positionals.map(reference => trackedRun(models, reference)));
    const runs = await Promise.all(
      tracked.map(async ({ run }) => ({ run, evaluation: await findEvaluation(models, run.model, run.id) })),
    );
    const comparison = compareRuns(runs);
    const headings = [
      '',
      ...tracked.map(({ run, version }) => (version === null ? run.id : `${run.id} (v${version})`)),
      '',
    ];
    const sections = [
      ['Inputs', comparison.inputs],
      ['Hyperparameters', comparison.hyperparameters],
      ['Metrics', comparison.metrics],
      ['Outcome', comparison.outcome],
    ] as const;
    const told = sections
      .filter(([, facts]) => facts.length > 0)
      .map(([title, facts]) => section(title, highlighted(table(headings, facts.map(row)))));
    if (!comparison.sameData) {
      told.push(
        styled('yellow', 'The runs are of different data: their metrics do not say which model is better.'),
      );
    }
    return {
      facts: {
        runs: tracked.map(({ run: { id, model, trainer, status }, version }) => ({
          ...{ id, model, version, trainer, status },
        })),
        ...comparison,
      },
      text: told.join('\n\n'),
    };
  },
};

const DIFFERENT = '≠';

/** The lines of what differs stand out, also where a terminal is in between. */
const highlighted = (text: string): string =>
  text
    .split('\n')
    .map(line => (line.endsWith(DIFFERENT) ? styled('yellow', line) : line))
    .join('\n');

const row = ({ name, values, differs }: ComparedFact): string[] => [
  name,
  ...values.map(readable),
  differs ? DIFFERENT : '',
];

/** Hashes and long texts cut, so that runs stay side by side; `--json` has them whole. */
function readable(value: Told): string {
  if (value === null) return '–';
  if (typeof value === 'number') return rounded(value);
  const text = String(value);
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

const WIDEST = 32;
