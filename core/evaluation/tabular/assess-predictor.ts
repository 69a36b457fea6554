import type { ExamplesRecord } from '../../data/dataset/examples-record.ts';
import { loadExamples } from '../../data/dataset/load-dataset.ts';
import {
  type ExamplesPart,
  orderOfTime,
  readExamples,
  readGroups,
  readTimes,
} from '../../data/dataset/read-examples.ts';
import type { TabularSpec } from '../../spec/schema.ts';
import { canonicalJson } from '../../storage/digest.ts';
import { intervalAround } from '../../training/conformal.ts';
import { type LoadedPredictor, loadPredictor } from '../../training/tabular/load-predictor.ts';
import { type PredictorArtifact, sectionOf } from '../../training/tabular/predictor-artifact.ts';
import { priorMethod } from '../../training/tabular/prior.ts';
import { type Question, questionOf } from '../../training/tabular/question.ts';
import type { Assess, AssessedOpponent } from '../assessed.ts';
import { coverageOf } from '../coverage.ts';
import type { PredictionEvaluation } from '../evaluation-record.ts';
import { boundConfidence } from '../gate.ts';
import type { Measures } from '../measures.ts';
import { calibrationBins } from './calibration.ts';
import { clustersOf } from './clusters.ts';
import { levelsOf } from './levels.ts';
import { drawnMetric, measurePredictions } from './measure-predictions.ts';
import { pairedPredictions } from './paired-predictions.ts';
import { referenceOfPredictions } from './reference-of-predictions.ts';
import { sliceBy } from './slices.ts';

/**
 * Lets the model of the chosen run, the prior of the training part and the model in production answer the test part.
 * None of them has seen it: the champion's data ended before that of the new dataset, or its examples keep their parts.
 */
export const assessPredictor: Assess<TabularSpec, PredictionEvaluation> = async ({
  data,
  models,
  spec,
  chosen,
  champion,
  ...o
}) => {
  const dataset = await loadExamples(data, spec.name, o.dataset);
  const test = await readExamples(data, dataset, 'test');
  const clusters = clustersOf(
    await readGroups(data, dataset, 'test'),
    await readTimes(data, dataset, 'test'),
  );
  const question = questionOf(spec, dataset);
  const measured = (outputs: readonly Float64Array[]): Measures =>
    measurePredictions(question, outputs, test.target);

  await using loaded = await loadPredictor(models, spec.name, chosen.id);
  const { artifact, predictor } = loaded;
  const outputs = await predictor.predict(test.columns, test.rows);
  const coverage = coverageOn(test, outputs, artifact);
  const { metric } = spec.gate;
  const own = drawnMetric(question, metric, outputs, test.target);
  const compared = (others: readonly Float64Array[]): AssessedOpponent => {
    const other = drawnMetric(question, metric, others, test.target);
    return {
      measures: measured(others),
      difference:
        own &&
        other &&
        pairedPredictions(own, other, { rows: test.rows, clusters }, boundConfidence(spec.gate)),
    };
  };
  const ofChampion =
    champion &&
    (await championOutputs(question, spec, test, () => loadPredictor(models, spec.name, champion.run)));
  return {
    chosen: {
      ...measured(outputs),
      ...(coverage && { coverage_80: coverage[80], coverage_95: coverage[95] }),
    },
    baseline: compared(await baselineOutputs(data, dataset, question, test)),
    champion: ofChampion && { ...compared(ofChampion), sameRecipe: false },
    reference: await referenceOfPredictions({
      ...{ question, predictor, test, outputs, metric: spec.monitoring.performance.metric },
      order: await orderOfTime(data, dataset, 'test'),
      validation: await readExamples(data, dataset, 'validation'),
    }),
    details: {
      slices: test.columns
        .filter(({ name }) => spec.slices.includes(name))
        .map(column => sliceBy(column, question, outputs, test.target)),
      ...(question.task === 'classification'
        ? { ...question, calibration: calibrationBins(outputs, test.target) }
        : {
            ...{ task: question.task, coverage: coverage ?? { 80: null, 95: null } },
            levels: question.quantile === undefined && outputs[0] ? levelsOf(outputs[0], test.target) : [],
          }),
    },
  };
};

/** Share of the test part within the intervals of a regression; undefined for a classification. */
function coverageOn(
  { target, rows }: ExamplesPart,
  [forecast]: readonly Float64Array[],
  { calibration }: PredictorArtifact,
): { 80: number | null; 95: number | null } | undefined {
  if (calibration === null || forecast === undefined) return undefined;
  const around = { ahead: new Array<number>(rows).fill(1), spread: 1, floor: Number.NEGATIVE_INFINITY };
  const of = (level: 80 | 95): number | null =>
    coverageOf([{ actual: target, ...intervalAround(forecast, calibration[level], around) }]);
  return { 80: of(80), 95: of(95) };
}

async function baselineOutputs(
  data: Parameters<typeof readExamples>[0],
  dataset: ExamplesRecord,
  question: Question,
  { rows }: ExamplesPart,
): Promise<Float64Array[]> {
  const train = await readExamples(data, dataset, 'train', []);
  const lesson = { question, train, validation: train, hyperparameters: {}, seed: 0 };
  const prior = await priorMethod.fit(lesson);
  return await prior.predict([], rows);
}

/**
 * What the model in production says of the test part, in the order of the question's classes; undefined where the
 * spec has changed so much since that its features are not in the dataset, or its target is another one.
 */
async function championOutputs(
  question: Question,
  spec: TabularSpec,
  test: ExamplesPart,
  load: () => Promise<LoadedPredictor>,
): Promise<Float64Array[] | undefined> {
  await using champion = await load();
  const { artifact, predictor } = champion;
  if (!sameMeaning(artifact, sectionOf(spec))) return undefined;
  const outputs = await predictor.predict(test.columns, test.rows);
  const { question: asked } = artifact.recipe;
  if (question.task !== 'classification' || asked.task !== 'classification') return outputs;
  return question.classes.map(name => outputs[asked.classes.indexOf(name)] ?? new Float64Array(test.rows));
}

/** Whether a dataset of today's section has the target and every feature of a model, made by the same SQL. */
function sameMeaning({ section }: PredictorArtifact, today: ReturnType<typeof sectionOf>): boolean {
  const { examples: then } = section;
  const { examples: now } = today;
  const frame = ({ base, joins, target }: typeof now): string => canonicalJson({ base, joins, target });
  return (
    section.task === today.task &&
    frame(then) === frame(now) &&
    Object.entries(then.features).every(
      ([name, feature]) => canonicalJson(feature) === canonicalJson(now.features[name] ?? null),
    )
  );
}
