import type { AnyDataset } from '../../data/dataset/load-dataset.ts';
import type { Evaluation } from '../../evaluation/evaluation-record.ts';
import type { VersionRecord } from '../../registry/versions.ts';
import { metricFacts } from '../../spec/metrics.ts';
import type { Spec } from '../../spec/schema.ts';
import type { SucceededRun } from '../../training/run-record.ts';
import { barChart } from '../bar-chart.ts';
import { type Html, type HtmlValue, html, table } from '../html.ts';
import { readableMeasure, readableMetric, readableTime } from '../readable.ts';

/** What every card is made from. */
export interface Facts {
  readonly spec: Spec;
  readonly version: VersionRecord;
  readonly run: SucceededRun;
  readonly evaluation: Evaluation;
  readonly dataset: AnyDataset;
}

/** Names of the measures that no gate can name. */
const LABELS: Readonly<Record<string, string>> = {
  rmsse: 'RMSSE',
  bias: 'Bias',
  accuracy: 'Accuracy',
  calibration_error: 'Calibration error',
  points: 'Values compared',
  rows: 'Examples compared',
};

export function measureLabel(name: string): string {
  const label = metricFacts(name)?.label ?? LABELS[name] ?? name;
  // sMAPE keeps its small letter; words begin a heading with a capital one.
  return label.includes(' ') ? label.charAt(0).toUpperCase() + label.slice(1) : label;
}

/** The measures of the version beside those of the baseline and the champion. */
export function measuresSection(
  { version, evaluation }: Facts,
  names: readonly string[],
  remark: HtmlValue = '',
): Html {
  const { chosen, baseline, champion } = evaluation.test;
  const columns = [
    version.metrics.validation,
    chosen,
    baseline,
    ...(champion === null ? [] : [champion.metrics]),
  ];
  const headings = ['Measure', 'Validation part', 'Test part', 'Baseline, test'];
  return html`<h2>How good it is</h2>
${table(
  champion === null ? headings : [...headings, `Version ${champion.version}, test`],
  names.map(name => [
    measureLabel(name),
    ...columns.map(measures => readableMeasure(name, measures[name] ?? null)),
  ]),
)}
<p>The candidate was chosen by ${readableMetric(evaluation.metric)} on the validation part; the test part was opened for it
alone.${remark}</p>`;
}

/** Features that a card shows: the rest contributes little. */
const FEATURES = 20;

/** What the model looks at; nothing where it has no features. */
export function importanceSection({ importance }: Pick<SucceededRun, 'importance'>): Html | '' {
  if (importance.length === 0) return '';
  const bars = importance.slice(0, FEATURES).map(({ feature, share }) => ({ name: feature, share }));
  return html`<h2>What it looks at</h2>
<p class="soft">Share of what all features contribute to the model; it says nothing about causes.</p>
${barChart('Importance of the features', bars)}`;
}

/** What the version was built on: the facts of its task among those that all have. */
export function originSection(
  { version, run, dataset }: Facts,
  own: readonly (readonly [string, HtmlValue])[],
  parts: readonly string[],
): Html {
  const { trainer, hyperparameters } = version.recipe;
  const settings = Object.entries(hyperparameters).map(([name, value]) => `${name} ${value}`);
  return html`<h2>What it was built on</h2>
${table(
  ['Fact', 'Value'],
  [
    ['Trainer', [trainer, ...settings].join(', ')],
    ...own,
    ['Dataset', html`<code>${dataset.id}</code>`],
    ['Parts', parts.map(text => html`${text}<br>`)],
    ['Run', html`<code>${run.id}</code>`],
    ['Code', html`<code>${version.codeDigest}</code>`],
    ['Registered', readableTime(version.time)],
  ],
)}`;
}

/** What the version is meant for and what not, and who answers for it. */
export function useSection(
  { spec }: Pick<Facts, 'spec'>,
  purpose: HtmlValue,
  unfit: readonly (string | false)[],
): Html {
  const owners = Object.entries(spec.owners).map(([role, address]) => `${role} ${address}`);
  return html`<h2>What it is for</h2>
<p>${purpose}</p>
<p>It is not meant for:</p>
<ul>${unfit.filter(use => use !== false).map(use => html`<li>${use}</li>\n`)}</ul>
<p>Owners: ${owners.join(', ') || 'none named in the spec'}.</p>`;
}

export const limitsSection = (notes: readonly (string | false)[]): Html =>
  html`<h2>Limits</h2>\n<ul>${notes.filter(note => note !== false).map(note => html`<li>${note}</li>\n`)}</ul>`;
