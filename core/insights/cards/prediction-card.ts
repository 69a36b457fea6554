import type { ExamplesRecord } from '../../data/dataset/examples-record.ts';
import type { PredictionEvaluation } from '../../evaluation/evaluation-record.ts';
import { metricOf } from '../../evaluation/measures.ts';
import type { Level } from '../../evaluation/tabular/levels.ts';
import type { TabularVersion } from '../../registry/versions.ts';
import { metricsOf } from '../../spec/metrics.ts';
import type { TabularSpec } from '../../spec/schema.ts';
import type { PredictorRun } from '../../training/run-record.ts';
import { type Html, html, table } from '../html.ts';
import { lineChart } from '../line-chart.ts';
import { readableMeasure, readableNumber, readableShare, readableTime } from '../readable.ts';
import {
  importanceSection,
  limitsSection,
  measureLabel,
  measuresSection,
  originSection,
  useSection,
} from './card-sections.ts';

/** All that the card of a tabular version tells. */
export interface PredictionCardFacts {
  readonly spec: TabularSpec;
  readonly version: TabularVersion;
  readonly run: PredictorRun;
  readonly evaluation: PredictionEvaluation;
  readonly dataset: ExamplesRecord;
}

/** Measures of a task beside those that a gate can name. */
const MORE = {
  regression: ['bias', 'rows'],
  classification: ['accuracy', 'calibration_error', 'rows'],
} as const;

/** The sections of a card about predictions of rows. */
export const predictionCard = (facts: PredictionCardFacts): Html => html`${use(facts)}
${measures(facts)}
${importanceSection(facts.run)}
${calibration(facts)}
${slices(facts)}
${origin(facts)}
${limits(facts)}`;

function use(facts: PredictionCardFacts): Html {
  const { base, target, where } = facts.spec.examples;
  const which = where === undefined ? '' : html` where <code>${where}</code>`;
  const gives = facts.spec.task === 'classification' ? 'the probability of each class' : 'intervals';
  return useSection(
    facts,
    html`Predictions of <code>${target}</code> for single rows of ${base}${which}, with ${gives}.`,
    [
      'Rows of another kind, or from long after the data that it was built on.',
      'Why something happens, or what would change it: the features go along with the target, they need not cause it.',
      'Decisions about people that no person answers for.',
    ],
  );
}

function measures(facts: PredictionCardFacts): Html {
  const { evaluation } = facts;
  const { task } = evaluation;
  const names = [...metricsOf(task), ...MORE[task]];
  if (evaluation.task === 'classification') return measuresSection(facts, names);
  return measuresSection(
    facts,
    names,
    html` Of the test part's values ${readableShare(evaluation.coverage[80])} lay within the 80 % interval, and
${readableShare(evaluation.coverage[95])} within the 95 % interval.`,
  );
}

function calibration({ evaluation }: PredictionCardFacts): Html | '' {
  if (evaluation.task === 'regression') return levels(evaluation.levels);
  const { classes, calibration: bins } = evaluation;
  const what = classes.length === 2 ? `"${classes[1]}"` : 'the most probable class';
  const percent = (value: number): string => `${Math.round(value * 100)} %`;
  return html`<h2>Whether its probabilities can be taken at their word</h2>
<p class="soft">Predicted probability of ${what}, and how often it happened, on the test part. Equal lines are ideal.</p>
${lineChart({
  title: `Predicted probability of ${what} and how often it happened`,
  labels: bins.map(({ from, to }) => `${percent(from)} to ${percent(to)}`),
  lines: [
    { name: 'Happened', style: 'first', values: bins.map(({ observed }) => observed) },
    { name: 'Predicted', style: 'second', values: bins.map(({ predicted }) => predicted) },
  ],
})}
${table(
  ['Probability', 'Examples', 'Predicted', 'Happened'],
  bins
    .filter(({ rows }) => rows > 0)
    .map(({ from, to, rows, predicted, observed }) => [
      ...[`${percent(from)} to ${percent(to)}`, rows, readableShare(predicted), readableShare(observed)],
    ]),
)}`;
}

/** One level says nothing about others: a model that always answers the same has no such section. */
function levels(groups: readonly Level[]): Html | '' {
  if (groups.length < 2) return '';
  const range = ({ from, to }: Level): string => `${readableNumber(from)} to ${readableNumber(to)}`;
  return html`<h2>Whether it is right on average</h2>
<p class="soft">Examples of the test part in groups, from the lowest predictions to the highest: what was predicted, and
what happened, on average. Equal lines are ideal.</p>
${lineChart({
  title: 'What was predicted and what happened on average, by the prediction',
  labels: groups.map(range),
  lines: [
    { name: 'Happened', style: 'first', values: groups.map(({ observed }) => observed) },
    { name: 'Predicted', style: 'second', values: groups.map(({ predicted }) => predicted) },
  ],
})}
${table(
  ['Prediction', 'Examples', 'Predicted', 'Happened'],
  groups.map(group => [
    ...[range(group), group.rows, readableNumber(group.predicted), readableNumber(group.observed)],
  ]),
)}`;
}

function slices({ evaluation }: PredictionCardFacts): Html[] {
  const { metric } = evaluation;
  return evaluation.slices.map(({ feature, values, others }) => {
    const rest = others === 0 ? '' : html`<p class="soft">${others} examples have other values.</p>`;
    return html`<h2>By ${feature}</h2>
${table(
  [feature, 'Examples', measureLabel(metric)],
  values.map(({ value, rows, measures: own }) => [
    ...[value ?? 'no value', rows, readableMeasure(metric, metricOf(own, metric))],
  ]),
)}${rest}`;
  });
}

function origin(facts: PredictionCardFacts): Html {
  const { spec, dataset } = facts;
  const { split, rows } = dataset;
  const parts = (['train', 'validation', 'test'] as const).map(part => {
    const range =
      split.by === 'time'
        ? ` ${readableTime(split.ranges[part].from)} to ${readableTime(split.ranges[part].to)}`
        : '';
    return `${part}${range} (${rows[part]} examples)`;
  });
  const { classes } = dataset.columns.target;
  const own = [
    ['Predicts', `${spec.examples.target}${classes === undefined ? '' : `: ${classes.join(', ')}`}`],
    ['Features', dataset.columns.features.map(({ name }) => name).join(', ')],
    [
      'Examples',
      `Rows of ${spec.examples.base}${spec.examples.where === undefined ? '' : ` where ${spec.examples.where}`}`,
    ],
    ['Split', split.by === 'time' ? 'by time' : `by ${split.by} of ${split.columns.join(', ')}`],
  ] as const;
  return originSection(facts, own, parts);
}

function limits({ run, evaluation, dataset }: PredictionCardFacts): Html {
  const { withoutTarget } = dataset.dropped;
  return limitsSection([
    run.trainer === 'onnx'
      ? `It was not trained by Antei, but brought as ${run.hyperparameters.file}: what it has learned from is unknown ` +
        'here. If rows of the validation or test part were among it, its figures are too good.'
      : 'The model learned from the training part alone: what came after it has measured it, and is not in it.',
    withoutTarget > 0 && `${readableNumber(withoutTarget)} rows had no value to predict, and were left out.`,
    'It repeats what was usual for rows like these; a category or a range that training did not have is a guess.',
    evaluation.task === 'regression' &&
      'Intervals hold on average if new rows are like those of the validation part, and are equally wide for all rows.',
  ]);
}
