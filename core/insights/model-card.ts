import { loadAnyDataset } from '../data/dataset/load-dataset.ts';
import { findEvaluation } from '../evaluation/evaluation-record.ts';
import type { VersionRecord } from '../registry/versions.ts';
import type { Spec } from '../spec/schema.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ObjectNotFoundError } from '../telemetry/errors.ts';
import { loadRun } from '../training/run-record.ts';
import type { Facts } from './cards/card-sections.ts';
import { type ForecastCardFacts, forecastCard } from './cards/forecast-card.ts';
import { type PredictionCardFacts, predictionCard } from './cards/prediction-card.ts';
import { type Html, html, page } from './html.ts';

/** All that a model card tells. */
export type CardFacts = ForecastCardFacts | PredictionCardFacts;

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
  const dataset = await loadAnyDataset(data, spec.name, version.dataset);
  const key = modelKeys.modelCard(spec.name, version.version);
  await models.put(key, renderModelCard(ofOneTask({ spec, version, run, evaluation, dataset })));
  return key;
}

/** The records as those of one task. Throws TypeError when they are of several. */
function ofOneTask({ spec, version, run, evaluation, dataset }: Facts): CardFacts {
  if (
    spec.task === 'forecasting' &&
    version.task === 'forecasting' &&
    run.task === 'forecasting' &&
    evaluation.task === 'forecasting' &&
    dataset.task === 'forecasting'
  ) {
    return { spec, version, run, evaluation, dataset };
  }
  if (
    spec.task !== 'forecasting' &&
    version.task !== 'forecasting' &&
    run.task !== 'forecasting' &&
    evaluation.task !== 'forecasting' &&
    dataset.task !== 'forecasting'
  ) {
    return { spec, version, run, evaluation, dataset };
  }
  throw new TypeError(`Version ${version.version} of ${spec.name} has records of several tasks`);
}

const isAboutForecasts = (facts: CardFacts): facts is ForecastCardFacts => facts.spec.task === 'forecasting';

/**
 * A model card: what the version is, what it was built on, how good it is and where it is not, and who answers for it.
 *
 * Source: Mitchell et al., "Model Cards for Model Reporting", Conference on Fairness, Accountability, and Transparency
 * 2019.
 */
export function renderModelCard(facts: CardFacts): string {
  const { spec, version } = facts;
  const sections: Html = isAboutForecasts(facts) ? forecastCard(facts) : predictionCard(facts);
  return page({
    title: `${spec.name}, version ${version.version}`,
    body: html`${spec.description === undefined ? '' : html`<p class="lead">${spec.description}</p>`}
<p>${version.reason}.</p>
${sections}`,
  });
}
