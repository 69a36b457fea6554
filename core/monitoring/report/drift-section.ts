import { comparedBins, comparedCategories } from '../../insights/compared-shares.ts';
import { type Html, html, table } from '../../insights/html.ts';
import { readableNumber, readableShare, readableTime } from '../../insights/readable.ts';
import type { ColumnDrift, DriftRecord } from '../drift/drift-record.ts';
import { CELL_NAMES } from '../drift/season-cells.ts';

/** Columns that are shown as pictures. */
const PICTURES = 6;

/** Columns that are listed. */
const LISTED = 30;

/** What a window's input looks like beside the reference. */
export function driftSection(drift: DriftRecord): Html {
  const { features, prediction, series } = drift;
  const all = [...(prediction === null ? [] : [prediction]), ...features];
  return html`<h2>Input against the reference</h2>
<p>${verdictOf(drift)}</p>
<p class="soft">${drift.rows.window} ${series === null ? 'rows' : 'values'} since ${readableTime(drift.from)}, against ${drift.rows.reference} of the dataset of
version ${drift.version}${seasonText(drift)}.</p>
<div class="pictures">${picturesOf(all).map(picture)}</div>
${table(
  [series === null ? 'Feature' : 'Series', 'Drift', 'How far', 'Missing', 'Never seen before', 'PSI'],
  all
    .slice(0, LISTED)
    .map(one => [
      html`<code>${one.name}</code>${one === prediction ? ' (predicted)' : ''}`,
      one.drifted ? html`<strong class="bad">yes</strong>` : 'no',
      one.reason,
      `${readableShare(one.missing.window)}, was ${readableShare(one.missing.reference)}`,
      one.unseen === null || one.unseen.rows === 0
        ? ''
        : `${one.unseen.rows} rows (${readableShare(one.unseen.share)}): ${one.unseen.values.join(', ')}`,
      one.psi === null ? '' : readableNumber(one.psi),
    ]),
)}
${series === null ? '' : seriesText(series)}`;
}

function verdictOf({ tested, drifted, datasetDrift, share, threshold, series }: DriftRecord): Html {
  const kind = series === null ? 'features' : 'series';
  if (share === null) return html`None of the ${kind} can be compared yet.`;
  const verdict = datasetDrift
    ? html`<strong class="bad">Drift</strong>`
    : html`<strong class="good">No drift</strong>`;
  return html`${verdict}: ${drifted} of ${tested} ${kind} drifted (${readableShare(share)}; from ${readableShare(threshold)} on the whole counts as drifted).`;
}

/** Predictions, where they can be drawn, then the most drifted. */
const picturesOf = (columns: readonly ColumnDrift[]): ColumnDrift[] =>
  columns.filter(({ test, histogram }) => test !== null && histogram.labels.length > 0).slice(0, PICTURES);

function picture({ name, kind, drifted, histogram }: ColumnDrift): Html {
  const shares = {
    ...{ title: `${name}: shares of the reference and of the window`, labels: histogram.labels },
    ...{ usual: histogram.reference, now: histogram.window },
  };
  return html`<figure><figcaption><code>${name}</code>${drifted ? html` <strong class="bad">drift</strong>` : ''}</figcaption>
${kind === 'number' ? comparedBins(shares) : comparedCategories(shares)}</figure>\n`;
}

function seasonText({ season }: DriftRecord): string {
  if (season === null) return '';
  return typeof season === 'number'
    ? `, each value against what is usual at its place in a season of ${season} steps`
    : `, matched by ${CELL_NAMES[season]}`;
}

const seriesText = ({ appeared, vanished }: NonNullable<DriftRecord['series']>): Html =>
  html`${appeared.length === 0 ? '' : html`<p>New series: ${appeared.map(name => html`<code>${name}</code> `)}</p>\n`}${
    vanished.length === 0
      ? ''
      : html`<p>Series without any value: ${vanished.map(name => html`<code>${name}</code> `)}</p>\n`
  }`;

/** Rules of the page that the pictures need. */
export const DRIFT_STYLE = `.pictures { display: flex; flex-wrap: wrap; gap: 1rem 2rem; } figure { margin: 0; }
figcaption { margin-bottom: .3rem; }`;
