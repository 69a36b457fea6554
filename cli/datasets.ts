import { diffDatasets } from '../core/data/dataset/diff-datasets.ts';
import { listDatasets } from '../core/data/dataset/list-datasets.ts';
import { type AnyDataset, endOfData } from '../core/data/dataset/load-dataset.ts';
import { type Answer, type Command, type Invocation, UsageError } from './command.ts';
import { describeDatasetDiff } from './describe-dataset-diff.ts';
import { modelArgument } from './model-argument.ts';
import { table } from './table.ts';

export const datasets: Command = {
  summary: 'the dataset versions of a model, or what changed from one to another',
  usage: 'MODEL | diff A B',
  run: invocation => (invocation.positionals[0] === 'diff' ? diff(invocation) : list(invocation)),
};

async function list({ positionals, deployment }: Invocation): Promise<Answer> {
  const model = await modelArgument(positionals, deployment);
  const { data } = await deployment.stores();
  const all = await listDatasets(data, model);
  return { facts: { model, datasets: all }, text: datasetsTable(all) };
}

export const datasetsTable = (all: readonly AnyDataset[]): string =>
  table(
    ['dataset', 'from', 'to', 'series', 'parts', 'train', 'validation', 'test'],
    all.map(dataset => {
      const { id, sources, rows } = dataset;
      return [
        ...[id, startOfData(dataset) ?? '', endOfData(dataset) ?? ''],
        ...[dataset.task === 'forecasting' ? dataset.series : '', sources.length],
        ...[rows.train, rows.validation, rows.test],
      ];
    }),
  );

function startOfData(dataset: AnyDataset): string | undefined {
  if (dataset.task === 'forecasting') return dataset.grid.start;
  return dataset.split.by === 'time' ? dataset.split.ranges.train.from : undefined;
}

async function diff({ positionals: [, before, after, extra], deployment }: Invocation): Promise<Answer> {
  if (before === undefined || after === undefined || extra !== undefined) {
    throw new UsageError('diff takes the ids of two datasets');
  }
  const { data } = await deployment.stores();
  const all = await listDatasets(data);
  const facts = await diffDatasets(data, pick(all, before), pick(all, after));
  return { facts, text: describeDatasetDiff(facts) };
}

/** The dataset with an id, or with the beginning of it that no other has: `runs` shows no more. */
function pick(all: readonly AnyDataset[], id: string): AnyDataset {
  const [found, ...others] = all.filter(candidate => candidate.id.startsWith(id));
  if (found !== undefined && others.length === 0) return found;
  const listed = all.map(candidate => candidate.id).join(', ') || 'none';
  throw new UsageError(
    `There is ${found === undefined ? 'no' : 'more than one'} dataset "${id}"; datasets here: ${listed}`,
  );
}
