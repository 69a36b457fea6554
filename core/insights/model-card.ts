import type { DatasetRecord } from '../data/dataset/dataset-record.ts';
import { loadDataset } from '../data/dataset/load-dataset.ts';
import { timeOfStep } from '../data/series/grid.ts';
import { type Evaluation, findEvaluation, type SeriesOutcome } from '../evaluation/evaluation-record.ts';
import type { Metrics } from '../evaluation/metrics.ts';
import type { VersionRecord } from '../registry/versions.ts';
import { durationOf, type Spec } from '../spec/schema.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ObjectNotFoundError } from '../telemetry/errors.ts';
import { loadRun, type SucceededRun } from '../training/run-record.ts';
import { type Html, html, page, table } from './html.ts';
import { lineChart } from './line-chart.ts';
import { readableMetric, readableNumber, readableShare, readableTime } from './readable.ts';

/** All that a model card tells. */
export interface CardFacts {
  readonly spec: Spec;
  readonly version: VersionRecord;
  readonly run: SucceededRun;
  readonly evaluation: Evaluation;
  readonly dataset: DatasetRecord;
}

/** Charts of series at either end of the ranking: enough to see what good and bad look like. */
const CHARTS = 3;

/**
 * Writes the card of a version beside its record. It tells of the version's own evaluation, so writing it again
 * changes nothing.
 * @returns Its key in the model bucket.
 * @throws ObjectNotFoundError when a record that it tells of is not there.
 */
export async function writeModelCard(o: {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly spec: Spec;
  readonly version: VersionRecord;
}): Promise<string> {
  const { data, models, spec, version } = o;
  const run = await loadRun(models, spec.name, version.run);
  const evaluation = await findEvaluation(models, spec.name, version.run);
  if (run.status === 'failed' || evaluation === undefined) {
    throw new ObjectNotFoundError(models.url, modelKeys.run(spec.name, version.run, 'evaluation.json'));
  }
  const dataset = await loadDataset(data, spec.name, version.dataset);
  const key = modelKeys.modelCard(spec.name, version.version);
  await models.put(key, renderModelCard({ spec, version, run, evaluation, dataset }));
  return key;
}

/**
 * A model card: what the version is, what it was built on, how good it is and where it is not, and who answers for it.
 *
 * Source: Mitchell et al., "Model Cards for Model Reporting", Conference on Fairness, Accountability, and Transparency
 * 2019.
 */
export function renderModelCard(facts: CardFacts): string {
  const { spec, version, evaluation } = facts;
  return page({
    title: `${spec.name}, version ${version.version}`,
    body: html`${spec.description === undefined ? '' : html`<p class="lead">${spec.description}</p>`}
<p>${version.reason}.</p>
${measures(facts)}
${charts('Where it does best', evaluation.best, evaluation)}
${charts('Where it does worst', evaluation.worst, evaluation)}
${origin(facts)}
${limits(facts)}`,
  });
}

function measures({ version, evaluation }: CardFacts): Html {
  const { chosen, baseline, champion } = evaluation.test;
  const columns = [
    version.metrics.validation,
    chosen,
    baseline,
    ...(champion === null ? [] : [champion.metrics]),
  ];
  const row = (name: string, of: (metrics: Metrics) => string) => [name, ...columns.map(of)];
  return html`<h2>How good it is</h2>
${table(
  [
    'Measure',
    'Validation part',
    'Test part',
    'Baseline, test',
    ...(champion === null ? [] : [`Version ${champion.version}, test`]),
  ],
  [
    row('MASE', ({ mase }) => readableNumber(mase)),
    row('RMSSE', ({ rmsse }) => readableNumber(rmsse)),
    row('sMAPE', ({ smape }) => readableShare(smape)),
    row('WAPE', ({ wape }) => readableShare(wape)),
    row('RMSE', ({ rmse }) => readableNumber(rmse)),
    row('Bias', ({ bias }) => readableNumber(bias)),
    row('Values compared', ({ points }) => String(points)),
  ],
)}
<p>The candidate was chosen by ${readableMetric(evaluation.metric)} on the validation part; the test part was opened for it
alone. Of the test part's values ${readableShare(evaluation.coverage[80])} lay within the 80 % interval, and
${readableShare(evaluation.coverage[95])} within the 95 % interval.</p>`;
}

function charts(
  heading: string,
  outcomes: readonly SeriesOutcome[],
  { from, every, metric }: Evaluation,
): Html | '' {
  if (outcomes.length === 0) return '';
  const grid = { every: durationOf(every), start: new Date(from), steps: 0 };
  const figures = outcomes.slice(0, CHARTS).map(outcome => {
    const name = outcome.key.join(' · ') || 'The only series';
    const value = `${readableMetric(metric)} ${readableNumber(outcome.metrics[metric])}`;
    return html`<h3>${name} <span class="soft">${value}</span></h3>
${lineChart({
  title: `${name}: forecast of the test part and what happened`,
  labels: outcome.actual.map((_, step) => readableTime(timeOfStep(grid, step))),
  lines: [
    { name: 'Actual', style: 'first', values: outcome.actual },
    { name: 'Forecast', style: 'second', values: outcome.forecast },
  ],
  band: { name: '80 % interval', lower: outcome.lower_80, upper: outcome.upper_80 },
})}`;
  });
  return html`<h2>${heading}</h2>\n${figures}`;
}

function origin({ spec, version, run, dataset }: CardFacts): Html {
  const { recipe } = version;
  const parts = (['train', 'validation', 'test'] as const).map(part => {
    const { from, to } = dataset.split[part];
    return `${part} ${readableTime(from)} to ${readableTime(to)} (${dataset.rows[part]} values)`;
  });
  const settings = Object.entries(recipe.hyperparameters).map(([name, value]) => `${name} ${value}`);
  const owners = Object.entries(spec.owners).map(([role, address]) => `${role} ${address}`);
  return html`<h2>What it was built on</h2>
${table(
  ['Fact', 'Value'],
  [
    ['Trainer', [recipe.trainer, ...settings].join(', ')],
    [
      'Forecasts',
      `${recipe.horizon} steps of ${dataset.grid.every}, seasons of ${recipe.season.join(' and ') || 'none'} steps`,
    ],
    ['Value', spec.series.value],
    ['Series', `${dataset.series}${spec.series.by.length === 0 ? '' : ` by ${spec.series.by.join(', ')}`}`],
    ['Dataset', html`<code>${dataset.id}</code>`],
    ['Parts', parts.map(text => html`${text}<br>`)],
    ['Run', html`<code>${run.id}</code>`],
    ['Code', html`<code>${version.codeDigest}</code>`],
    ['Registered', readableTime(version.time)],
    ['Owners', owners.join(', ') || 'none named in the spec'],
  ],
)}`;
}

function limits({ run, evaluation }: CardFacts): Html {
  const reasons = Object.entries(run.fallbackReasons).map(([reason, series]) => `${reason} (${series})`);
  const { unscaled } = evaluation.test.chosen;
  const notes = [
    run.filled > 0 && `Missing values of ${run.filled} of ${run.series} series were interpolated.`,
    run.fallbacks > 0 &&
      `For ${run.fallbacks} of ${run.series} series the baseline stood in: ${reasons.join('; ')}.`,
    run.empty > 0 && `${run.empty} series had no value to learn from, and have no forecast.`,
    unscaled > 0 &&
      `${unscaled} series have no scaled error, since their history repeats itself or is too short.`,
    'Forecasts continue what the series did before; they know of no holiday, price or event that the table does not hold.',
    'Intervals hold on average if the future is like the validation part; after a change of regime they are too narrow.',
    'A series that never was negative is not forecast below zero.',
  ].filter(note => note !== false);
  return html`<h2>Limits</h2>\n<ul>${notes.map(note => html`<li>${note}</li>\n`)}</ul>`;
}
