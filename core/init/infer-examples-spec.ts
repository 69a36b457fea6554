import type { DuckDBConnection } from '@duckdb/node-api';
import { parseSpec } from '../spec/parse-spec.ts';
import { isTabular, type TabularSpec } from '../spec/schema.ts';
import { InferenceError } from '../telemetry/errors.ts';
import { type Entry, entriesOf, entry, Section } from './draft.ts';
import { type InferredFeatures, inferFeatures } from './example-features.ts';
import { type ExampleId, exampleId } from './example-id.ts';
import { type InferredSplit, inferSplit } from './example-split.ts';
import { headingFor, OWNERS } from './heading.ts';
import { counted, shown } from './names.ts';
import type { SampleTables } from './read-tables.ts';
import { renderDraft } from './render-draft.ts';
import { sqlNames } from './sql-names.ts';
import { tableSection } from './table-section.ts';
import type { Target } from './target.ts';
import { timeColumnOf } from './time-column.ts';

/** A regression or classification spec that was inferred from sample files. */
export interface ExamplesInference extends SampleTables {
  /** YAML with a comment for each choice. */
  readonly text: string;
  readonly spec: TabularSpec;
  readonly target: Target;
  readonly found: InferredFeatures;
  readonly split: InferredSplit;
}

/**
 * Infers the spec of a model that predicts a column from what sample files show. The same files always give the same
 * text, and `parseSpec` accepts it.
 * @throws InferenceError when nothing tells anything of the column.
 */
export async function inferExamplesSpec(
  connection: DuckDBConnection,
  name: string,
  { tables, references }: SampleTables,
  target: Target,
): Promise<ExamplesInference> {
  const time = timeColumnOf(target.sample.facts);
  const sql = await sqlNames(connection);
  const id = await exampleId(connection, target, time);
  const found = await inferFeatures(connection, target, time, tables, references, sql);
  if (found.features.length === 0) {
    const reasons = found.leftOut.map(({ name, why }) => `  ${shown(name)}: ${why}`);
    throw new InferenceError(
      `No column can tell anything of ${shown(target.column.name)}:\n${reasons.join('\n') || '  there is no other column'}`,
    );
  }
  const split = await inferSplit(connection, target, time);
  const learnt = { sample: target.sample, time, by: [], key: id.unique ? id.columns : undefined };
  const sections: Entry[] = [];
  for (const sample of tables) sections.push(await tableSection(connection, { sample, references, learnt }));
  const draft = new Section(
    [
      entry('name', name),
      entry('task', target.task, `${shown(target.column.name)}: ${target.why}`),
      entry('tables', new Section(sections)),
      entry('examples', examplesSection(target, id, found, sql)),
      entry('split', new Section(entriesOf(split.split), { inline: true }), split.why),
      ...learningEntries(target),
    ],
    { remarks: OWNERS },
  );
  const text = renderDraft(draft, headingFor(tables));
  const spec = parseSpec(text, `${name}.yaml`);
  if (!isTabular(spec)) throw new TypeError('the draft has another task');
  return { text, spec, tables, references, target, found, split };
}

function examplesSection(
  { sample, column }: Target,
  id: ExampleId,
  { joins, features, leftOut }: InferredFeatures,
  sql: (name: string) => string,
): Section {
  const { rows, missing } = column;
  return new Section([
    entry('base', sample.table),
    entry(
      'id',
      id.columns,
      id.unique
        ? 'no two rows of the file have the same'
        : 'some rows are alike in every column that could tell them apart; those go together',
    ),
    ...(joins.length === 0
      ? []
      : [
          entry(
            'joins',
            joins.map(
              ({ table, as, on }) =>
                new Section(entriesOf({ table, ...(as !== table && { as }), on }), { inline: true }),
            ),
            'along the foreign keys that the files show; each brings at most one row',
          ),
        ]),
    entry(
      'features',
      new Section(
        features.map(({ name, sql: expression }) => entry(name, expression)),
        { remarks: leftOut.map(({ name, why }) => `left out: ${shown(name)}, because ${why}`) },
      ),
      'take out what is not known when predictions are needed, or was only written after the event',
    ),
    entry(
      'target',
      `${sample.table}.${sql(column.name)}`,
      missing === 0
        ? ''
        : `${counted(missing, 'row')} of ${counted(rows, 'row')} without a value are no examples`,
    ),
  ]);
}

function learningEntries({ task, column }: Target): Entry[] {
  const metric = task === 'regression' ? 'rmse' : column.distinct === 2 ? 'auc' : 'log_loss';
  return [
    entry(
      'candidates',
      ['baseline', 'gradient-boosting'].map(trainer => new Section(entriesOf({ trainer }), { inline: true })),
    ),
    entry(
      'gate',
      new Section(entriesOf({ metric, better_than: ['baseline', 'champion'] }), { inline: true }),
      'on the test part, a new version must beat what knows no features, and be no worse than production',
    ),
  ];
}
