import { findEvaluation } from '../core/evaluation/evaluation-record.ts';
import { listRuns } from '../core/training/run-record.ts';
import type { Command } from './command.ts';
import { modelArgument } from './model-argument.ts';
import { shownMetric } from './shown-metric.ts';
import { table } from './table.ts';

export const runs: Command = {
  summary: 'the training runs of a model, with their metrics',
  usage: 'MODEL',
  async run({ positionals, deployment }) {
    const model = await modelArgument(positionals, deployment);
    const { models } = await deployment.stores();
    const found = await Promise.all(
      (await listRuns(models, model)).map(async run => ({
        run,
        evaluation: await findEvaluation(models, model, run.id),
      })),
    );
    const validationOf = ({ run }: (typeof found)[number]) =>
      run.status === 'succeeded' ? run.metrics.validation : {};
    const metric = shownMetric(
      found.map(validationOf),
      found.findLast(({ evaluation }) => evaluation !== undefined)?.evaluation?.metric,
    );
    const rows = found.map(one => {
      const { run, evaluation } = one;
      return [
        ...[run.id, run.time, run.dataset, run.trainer, run.status],
        ...[metric.of(validationOf(one)), metric.of(evaluation?.test.chosen ?? {})],
      ];
    });
    const headings = ['run', 'time', 'dataset', 'trainer', 'status'];
    return {
      facts: {
        model,
        runs: found.map(({ run, evaluation }) => ({ ...run, test: evaluation?.test.chosen ?? null })),
      },
      text: table([...headings, `${metric.label} validation`, `${metric.label} test`], rows),
    };
  },
};
