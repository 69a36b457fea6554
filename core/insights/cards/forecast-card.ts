import { type DatasetRecord, gridOf } from '../../data/dataset/dataset-record.ts';
import { type GridStep, timeOfStep } from '../../data/series/grid.ts';
import type { ForecastEvaluation, SeriesOutcome } from '../../evaluation/evaluation-record.ts';
import { metricOf } from '../../evaluation/measures.ts';
import type { ForecastingVersion } from '../../registry/versions.ts';
import type { ForecastingSpec } from '../../spec/schema.ts';
import { declaredZone } from '../../spec/time-zones.ts';
import type { ForecasterRun } from '../../training/run-record.ts';
import { fallbacksInWords } from '../fallbacks-in-words.ts';
import { type Html, html } from '../html.ts';
import { lineChart } from '../line-chart.ts';
import { readableMetric, readableNumber, readableShare, readableTime } from '../readable.ts';
import {
  importanceSection,
  limitsSection,
  measuresSection,
  originSection,
  useSection,
} from './card-sections.ts';

/** All that the card of a forecasting version tells. */
export interface ForecastCardFacts {
  readonly spec: ForecastingSpec;
  readonly version: ForecastingVersion;
  readonly run: ForecasterRun;
  readonly evaluation: ForecastEvaluation;
  readonly dataset: DatasetRecord;
}

/** Charts of series at either end of the ranking: enough to see what good and bad look like. */
const CHARTS = 3;

/** The zone by whose clocks the card tells the time: that of the files that people know. */
const clockOf = ({ tables, series }: ForecastingSpec): string | undefined =>
  declaredZone(tables[series.table], series.time);

/** The sections of a card about forecasts. */
export function forecastCard(facts: ForecastCardFacts): Html {
  const { evaluation, dataset } = facts;
  const { every } = gridOf(dataset);
  const zone = clockOf(facts.spec);
  return html`${use(facts)}
${measures(facts)}
${byHorizon(facts)}
${importanceSection(facts.run)}
${charts('Where it does best', evaluation.best, evaluation, { every, zone })}
${charts('Where it does worst', evaluation.worst, evaluation, { every, zone })}
${origin(facts)}
${limits(facts)}`;
}

function use(facts: ForecastCardFacts): Html {
  const { series, horizon } = facts.spec;
  const every = series.by.length === 0 ? '' : ` for every ${series.by.join(' and ')} of the table`;
  return useSection(
    facts,
    html`Forecasts of <code>${series.value}</code> of ${series.table} in steps of ${series.every}${every}, up to ${horizon}
steps after the end of the data, with intervals.`,
    [
      `Periods more than ${horizon} steps ahead.`,
      series.by.length > 0 && 'Series that the data did not hold: they have no forecast.',
      'What a decision would change: a forecast says what happens if things go on as before.',
    ],
  );
}

/** How far ahead one can rely on it: the error of every step, beside that of the baseline. */
function byHorizon({ evaluation, version }: ForecastCardFacts): Html | '' {
  const { horizon, metric, origins } = evaluation;
  if (horizon.length < 2) return '';
  const name = readableMetric(metric);
  const moments = origins === 1 ? 'one moment' : `${origins} moments`;
  return html`<h2>How far ahead it can be relied on</h2>
<p class="soft">${name} of the test part by steps ahead, over all series; the test part was forecast from ${moments}, so a
single unusual day shows as a peak.</p>
${lineChart({
  title: `${name} by steps ahead, beside the baseline`,
  labels: horizon.map(({ ahead }) => `${ahead} ${ahead === 1 ? 'step' : 'steps'} ahead`),
  lines: [
    {
      name: version.recipe.trainer,
      style: 'first',
      values: horizon.map(({ chosen }) => metricOf(chosen, metric)),
    },
    {
      name: 'Baseline',
      style: 'second',
      values: horizon.map(({ baseline }) => metricOf(baseline, metric)),
    },
  ],
})}`;
}

const measures = (facts: ForecastCardFacts): Html =>
  measuresSection(
    facts,
    ['mase', 'rmsse', 'smape', 'wape', 'rmse', 'bias', 'points'],
    html` Of the test part's values ${readableShare(facts.evaluation.coverage[80])} lay within the 80 % interval, and
${readableShare(facts.evaluation.coverage[95])} within the 95 % interval.`,
  );

function charts(
  heading: string,
  outcomes: readonly SeriesOutcome[],
  { from, metric }: ForecastEvaluation,
  { every, zone }: { readonly every: GridStep; readonly zone: string | undefined },
): Html | '' {
  if (outcomes.length === 0) return '';
  const grid = { every, start: new Date(from), steps: 0 };
  const figures = outcomes.slice(0, CHARTS).map(outcome => {
    const name = outcome.key.join(' · ') || 'The only series';
    const value = `${readableMetric(metric)} ${readableNumber(metricOf(outcome.metrics, metric))}`;
    return html`<h3>${name} <span class="soft">${value}</span></h3>
${lineChart({
  title: `${name}: forecast of the test part and what happened`,
  labels: outcome.actual.map((_, step) => readableTime(timeOfStep(grid, step), zone)),
  lines: [
    { name: 'Actual', style: 'first', values: outcome.actual },
    { name: 'Forecast', style: 'second', values: outcome.forecast },
  ],
  band: { name: '80 % interval', lower: outcome.lower_80, upper: outcome.upper_80 },
})}`;
  });
  return html`<h2>${heading}</h2>\n${figures}`;
}

function origin(facts: ForecastCardFacts): Html {
  const { spec, version, dataset } = facts;
  const { horizon, season } = version.recipe;
  const zone = clockOf(spec);
  const parts = (['train', 'validation', 'test'] as const).map(part => {
    const { from, to } = dataset.split[part];
    return `${part} ${readableTime(from, zone)} to ${readableTime(to, zone)} (${dataset.rows[part]} values)`;
  });
  const own = [
    [
      'Forecasts',
      `${horizon} steps of ${dataset.grid.every}, seasons of ${season.join(' and ') || 'none'} steps`,
    ],
    ['Value', spec.series.value],
    ['Series', `${dataset.series}${spec.series.by.length === 0 ? '' : ` by ${spec.series.by.join(', ')}`}`],
  ] as const;
  return originSection(facts, own, parts);
}

function limits({ run, evaluation }: ForecastCardFacts): Html {
  const unscaled = evaluation.test.chosen.unscaled ?? 0;
  return limitsSection([
    run.filled > 0 && `Missing values of ${run.filled} of ${run.series} series were interpolated.`,
    fallbacksInWords(run) ?? false,
    run.empty > 0 && `${run.empty} series had no value to learn from, and have no forecast.`,
    unscaled > 0 &&
      `${unscaled} series have no scaled error, since their history repeats itself or is too short.`,
    'Forecasts continue what the series did before; they know of no holiday, price or event that the table does not hold.',
    'Intervals hold on average if the future is like the validation part; after a change of regime they are too narrow.',
    'A series that never was negative is not forecast below zero.',
  ]);
}
