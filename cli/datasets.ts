import type { DatasetRecord } from '../core/data/dataset/dataset-record.ts';
import { diffDatasets } from '../core/data/dataset/diff-datasets.ts';
import { listDatasets } from '../core/data/dataset/list-datasets.ts';
import { type Answer, type Command, type Invocation, UsageError } from './command.ts';
import { describeDatasetDiff } from './describe-dataset-diff.ts';
import { storesOf } from './local-cloud.ts';
import { modelArgument } from './model-argument.ts';
import { table } from './table.ts';

export const datasets: Command = {
  summary: 'the dataset versions of a model, or what changed from one to another',
  usage: 'MODEL | diff A B',
  run: invocation => (invocation.positionals[0] === 'diff' ? diff(invocation) : list(invocation)),
};

async function list({ positionals, state, models }: Invocation): Promise<Answer> {
  const model = modelArgument(positionals, state, models);
  const { data } = await storesOf(state);
  const all = await listDatasets(data, model);
  return { facts: { model, datasets: all }, text: datasetsTable(all) };
}

export const datasetsTable = (all: readonly DatasetRecord[]): string =>
  table(
    ['dataset', 'from', 'to', 'series', 'parts', 'train', 'validation', 'test'],
    all.map(({ id, series, sources, grid, rows: { train, validation, test } }) => [
      ...[id, grid.start, grid.end, series, sources.length, train, validation, test],
    ]),
  );

async function diff({ positionals: [, before, after, extra], state }: Invocation): Promise<Answer> {
  if (before === undefined || after === undefined || extra !== undefined) {
    throw new UsageError('diff takes the ids of two datasets');
  }
  const { data } = await storesOf(state);
  const all = await listDatasets(data);
  const facts = await diffDatasets(data, pick(all, before), pick(all, after));
  return { facts, text: describeDatasetDiff(facts) };
}

function pick(all: readonly DatasetRecord[], id: string): DatasetRecord {
  const dataset = all.find(candidate => candidate.id === id);
  if (dataset !== undefined) return dataset;
  throw new UsageError(
    `There is no dataset "${id}"; datasets here: ${all.map(({ id: known }) => known).join(', ') || 'none'}`,
  );
}
