import { findEvaluation } from '../core/evaluation/evaluation-record.ts';
import { listRuns } from '../core/training/run-record.ts';
import type { Command } from './command.ts';
import { storesOf } from './local-cloud.ts';
import { modelArgument } from './model-argument.ts';
import { rounded, table } from './table.ts';

export const runs: Command = {
  summary: 'the training runs of a model, with their metrics',
  usage: 'MODEL',
  async run({ positionals, state, models: directory }) {
    const model = modelArgument(positionals, state, directory);
    const { models } = await storesOf(state);
    const facts = await Promise.all(
      (await listRuns(models, model)).map(async run => ({
        ...run,
        test: (await findEvaluation(models, model, run.id))?.test.chosen ?? null,
      })),
    );
    const rows = facts.map(run => {
      const validation = run.status === 'succeeded' ? run.metrics.validation.mase : null;
      return [
        run.id,
        run.time,
        run.dataset,
        run.trainer,
        run.status,
        number(validation),
        number(run.test?.mase),
      ];
    });
    return {
      facts: { model, runs: facts },
      text: table(['run', 'time', 'dataset', 'trainer', 'status', 'MASE validation', 'MASE test'], rows),
    };
  },
};

const number = (value: number | null | undefined): string => (value == null ? '' : rounded(value));
