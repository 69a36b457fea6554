import { readProduction } from '../core/registry/production.ts';
import { listVersions } from '../core/registry/versions.ts';
import type { Command } from './command.ts';
import { modelArgument } from './model-argument.ts';
import { shownMetric } from './shown-metric.ts';
import { table } from './table.ts';

export const versions: Command = {
  summary: 'the registered versions of a model, and which is in production',
  usage: 'MODEL',
  async run({ positionals, deployment }) {
    const model = await modelArgument(positionals, deployment);
    const { models } = await deployment.stores();
    const [all, production] = await Promise.all([listVersions(models, model), readProduction(models, model)]);
    const metric = shownMetric(all.map(({ metrics }) => metrics.test));
    const rows = all.map(({ version, run, recipe, dataset, dataEnd, metrics: { test } }) => [
      version,
      version === production?.champion ? 'champion' : '',
      ...[run, recipe.trainer, dataset, dataEnd, metric.of(test)],
    ]);
    return {
      facts: { model, production: production ?? null, versions: all },
      text: table(['version', '', 'run', 'trainer', 'dataset', 'data until', `${metric.label} test`], rows),
    };
  },
};
