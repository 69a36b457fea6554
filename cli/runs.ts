import { findEvaluation } from '../core/evaluation/evaluation-record.ts';
import { listRuns } from '../core/training/run-record.ts';
import type { Command } from './command.ts';
import { describeRuns } from './describe-runs.ts';
import { modelArgument } from './model-argument.ts';
import { shownMetric } from './shown-metric.ts';

export const runs: Command = {
  summary: 'the training runs of a model: metrics, time, memory, hyperparameters',
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
    const listed = found.map(({ run, evaluation }) => ({ run, test: evaluation?.test.chosen ?? {} }));
    return {
      facts: {
        model,
        runs: found.map(({ run, evaluation }) => ({ ...run, test: evaluation?.test.chosen ?? null })),
      },
      text: describeRuns(listed, metric, process.stdout.columns),
    };
  },
};
