import type { DuckDBConnection } from '@duckdb/node-api';
import { parseForecastingSpec } from '../spec/parse-spec.ts';
import type { ForecastingSpec } from '../spec/schema.ts';
import { type Entry, entriesOf, entry, Section } from './draft.ts';
import { headingFor, OWNERS } from './heading.ts';
import { type LearningPlan, planLearning } from './learning-plan.ts';
import type { SampleTables } from './read-tables.ts';
import { renderDraft } from './render-draft.ts';
import { chooseSeries, type SeriesChoice, seriesTable } from './series-choice.ts';
import { lengthOf } from './steps.ts';
import { tableSection } from './table-section.ts';

/** A forecasting spec that was inferred from sample files. */
export interface SeriesInference extends SampleTables {
  /** YAML with a comment for each choice. */
  readonly text: string;
  readonly spec: ForecastingSpec;
  readonly series: SeriesChoice;
  readonly plan: LearningPlan;
}

/**
 * Infers a forecasting spec from what sample files show. The same files always give the same text, and `parseSpec`
 * accepts it.
 * @throws InferenceError when the files do not show a time series.
 */
export async function inferSeriesSpec(
  connection: DuckDBConnection,
  name: string,
  { tables, references }: SampleTables,
): Promise<SeriesInference> {
  const series = await chooseSeries(connection, seriesTable(tables, references), references);
  const sections: Entry[] = [];
  for (const sample of tables) {
    sections.push(await tableSection(connection, { sample, references, learnt: series }));
  }
  const draft = (plan?: LearningPlan): Section =>
    new Section(
      [
        entry('name', name),
        entry('task', 'forecasting'),
        entry('tables', new Section(sections)),
        entry('series', seriesSection(series, plan)),
        ...learningEntries(series, plan),
      ],
      { remarks: OWNERS },
    );
  const file = `${name}.yaml`;
  const provisional = parseForecastingSpec(renderDraft(draft(), []), file);
  const plan = await planLearning(connection, provisional, series.step, series.sample.data);
  const text = renderDraft(draft(plan), headingFor(tables));
  return { text, spec: parseForecastingSpec(text, file), tables, references, series, plan };
}

function seriesSection(
  { sample, time, by, step, value, fill, top, why }: SeriesChoice,
  plan: LearningPlan | undefined,
): Section {
  return new Section([
    entry('table', sample.table),
    entry('by', by, why.by),
    entry('time', time.column.name),
    entry('every', step.every, why.every),
    entry('value', value, why.value),
    entry('fill', fill, why.fill),
    ...(plan === undefined
      ? []
      : [
          entry(
            'season',
            plan.season.map(({ lag }) => lag),
            plan.why.season,
          ),
        ]),
    ...(top === undefined ? [] : [entry('top', top, why.top)]),
  ]);
}

/** From the horizon on; a draft without a plan has the least that a spec needs. */
function learningEntries({ step }: SeriesChoice, plan: LearningPlan | undefined): Entry[] {
  if (plan === undefined) return [entry('horizon', 1)];
  const { horizon, part, season, why } = plan;
  const seasonal = season.length > 0;
  const trainers = seasonal ? ['baseline', 'mstl'] : ['baseline'];
  const gate = seasonal
    ? {
        better: ['baseline', 'champion'],
        why: 'beat the seasonal naive forecast, and be no worse than production',
      }
    : { better: ['champion'], why: 'be no worse than production' };
  return [
    entry('horizon', horizon, why.horizon),
    entry(
      'split',
      new Section(entriesOf({ by: 'time', validation: part, test: part }), { inline: true }),
      why.split,
    ),
    entry(
      'candidates',
      trainers.map(trainer => new Section(entriesOf({ trainer }), { inline: true })),
      seasonal ? '' : 'without a season only the baseline can forecast',
    ),
    entry(
      'gate',
      new Section(entriesOf({ metric: 'mase', better_than: gate.better }), { inline: true }),
      `on the test part, a new version must ${gate.why}`,
    ),
    entry(
      'monitoring',
      new Section(entriesOf({ every: lengthOf(step.every, horizon) }), { inline: true }),
      'each forecast is compared with what happened once its horizon has passed',
    ),
  ];
}
