import * as z from 'zod';
import { loadAnyDataset } from '../data/dataset/load-dataset.ts';
import { findEvaluation } from '../evaluation/evaluation-record.ts';
import type { Measures } from '../evaluation/measures.ts';
import { listEvents, type RegistryEvent } from '../registry/events.ts';
import { readProduction } from '../registry/production.ts';
import type { MetricName } from '../spec/metrics.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { loadRun } from '../training/run-record.ts';
import { fallbacksInWords } from './fallbacks-in-words.ts';

/** One training run, as the closing facts tell it. */
export interface RunFacts {
  readonly id: string;
  readonly dataset: string;
  readonly trainer: string;
  readonly hyperparameters: Readonly<Record<string, number | string | boolean>>;
  readonly status: 'succeeded' | 'failed';
  /** Empty where nothing was measured: the test part is opened only for the run that was chosen. */
  readonly metrics: { readonly validation: Measures; readonly test: Measures };
  readonly seconds: number;
  readonly error?: string;
  /** What a run that succeeded could not do, in plain words. */
  readonly note?: string;
}

export interface QuarantineFacts {
  readonly table: string;
  readonly file: string;
  readonly reasons: readonly { readonly rule: string; readonly rows: number }[];
  /** Key of the HTML report in the data bucket. */
  readonly report: string | null;
}

/** A file that was accepted, although something of it is worth a look. */
export interface WarningFacts {
  readonly table: string;
  readonly file: string;
  readonly warnings: readonly { readonly rule: string; readonly rows: number }[];
  /** Key of the HTML report in the data bucket. */
  readonly report: string | null;
}

/** What one or more uploads came to. Keys are of the data bucket. */
export interface DeliveryFacts {
  readonly model: string;
  /** The last one that was built. */
  readonly dataset: {
    readonly id: string;
    readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  } | null;
  readonly quarantined: readonly QuarantineFacts[];
  readonly warned: readonly WarningFacts[];
  /** Every run that was asked for; repeated deliveries ask for the same ones. */
  readonly runs: readonly RunFacts[];
  /** The gate's metric; null when nothing was judged. */
  readonly metric: MetricName | null;
  readonly decision: {
    /** Whether the version is in production now. */
    readonly promoted: boolean;
    /** Whether a person has to decide on the version first. */
    readonly waiting: boolean;
    readonly version: number | null;
    readonly run: string;
    readonly reason: string;
  } | null;
  readonly failures: readonly { readonly workflow: string; readonly error: string; readonly cause: string }[];
  /** Keys that the prediction workflow wrote, newest last. */
  readonly predictions: readonly string[];
}

const brokenRules = z.array(z.object({ rule: z.string(), rows: z.int() }));
const reportKeys = z.object({ html: z.string() }).optional();

const details = {
  dataset: z.object({ dataset: z.string() }),
  quarantined: z.object({
    table: z.string(),
    file: z.string(),
    reasons: brokenRules,
    report: reportKeys,
  }),
  accepted: z.object({
    table: z.string(),
    file: z.string(),
    warnings: brokenRules,
    report: reportKeys,
  }),
  trained: z.object({ run: z.string() }),
  decided: z.object({ run: z.string() }),
  registered: z.object({ version: z.int(), run: z.string() }),
  released: z.object({ version: z.int() }),
  failed: z.object({ workflow: z.string(), error: z.string(), cause: z.string() }),
  predicted: z.object({ keys: z.array(z.string()) }),
} as const;

/**
 * What happened to a model since a moment, from its event log and the records that the events point to.
 * @param since Events of earlier moments are left out.
 */
export async function deliveryFacts(o: {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly model: string;
  readonly since: Date;
}): Promise<DeliveryFacts> {
  const { data, models, model, since } = o;
  const events = (await listEvents(models, model)).filter(({ time }) => Date.parse(time) >= since.getTime());
  const of = (kind: RegistryEvent['kind']): RegistryEvent[] => events.filter(event => event.kind === kind);

  const id = of('dataset-built')
    .map(event => details.dataset.parse(event.details).dataset)
    .at(-1);
  const runs = new Set(of('trained').map(event => details.trained.parse(event.details).run));

  return {
    model,
    dataset: id === undefined ? null : { id, rows: (await loadAnyDataset(data, model, id)).rows },
    quarantined: of('quarantined').map(event => {
      const { table, file, reasons, report } = details.quarantined.parse(event.details);
      return { table, file, reasons, report: report?.html ?? null };
    }),
    warned: of('accepted').flatMap(event => {
      const { table, file, warnings, report } = details.accepted.parse(event.details);
      return warnings.length === 0 ? [] : [{ table, file, warnings, report: report?.html ?? null }];
    }),
    runs: (await Promise.all([...runs].map(run => runFacts(models, model, run)))).sort(byTrainer),
    metric: await gateMetric(models, model, events),
    decision: await decisionOf(models, model, events),
    failures: of('failed').map(event => details.failed.parse(event.details)),
    predictions: of('predicted').flatMap(event => details.predicted.parse(event.details).keys),
  };
}

/** Runs of one dataset are concurrent: only their names give an order that every reader sees. */
const byTrainer = (a: RunFacts, b: RunFacts): number =>
  `${a.trainer} ${a.id}` < `${b.trainer} ${b.id}` ? -1 : 1;

async function runFacts(models: ObjectStore, model: string, id: string): Promise<RunFacts> {
  const run = await loadRun(models, model, id);
  const { dataset, trainer, hyperparameters, status, seconds } = run;
  const facts = { id, dataset, trainer, hyperparameters, status, seconds };
  if (run.status === 'failed') {
    const error = `${run.error.name}: ${run.error.message}`;
    return { ...facts, metrics: { validation: {}, test: {} }, error };
  }
  const evaluation = await findEvaluation(models, model, id);
  const note = run.task === 'forecasting' ? fallbacksInWords(run) : undefined;
  return {
    ...{ ...facts, metrics: { validation: run.metrics.validation, test: evaluation?.test.chosen ?? {} } },
    ...(note !== undefined && { note }),
  };
}

const lastGate = (events: readonly RegistryEvent[]): RegistryEvent | undefined =>
  events.findLast(({ kind }) => kind === 'gate-passed' || kind === 'gate-refused');

async function gateMetric(
  models: ObjectStore,
  model: string,
  events: readonly RegistryEvent[],
): Promise<MetricName | null> {
  const gate = lastGate(events);
  if (gate === undefined) return null;
  const { run } = details.decided.parse(gate.details);
  return (await findEvaluation(models, model, run))?.metric ?? null;
}

/** Events that say what became of a version. */
const OUTCOMES: readonly RegistryEvent['kind'][] = [
  'approval-requested',
  'rejected',
  'promoted',
  'kept',
  'rolled-back',
];

async function decisionOf(
  models: ObjectStore,
  model: string,
  events: readonly RegistryEvent[],
): Promise<DeliveryFacts['decision']> {
  const gate = lastGate(events);
  if (gate === undefined) return null;
  const { run } = details.decided.parse(gate.details);
  if (gate.kind === 'gate-refused')
    return { promoted: false, waiting: false, version: null, run, reason: gate.summary };
  const registered = events.findLast(({ kind }) => kind === 'registered');
  const version = registered === undefined ? null : details.registered.parse(registered.details).version;
  const production = await readProduction(models, model);
  const outcome = events.findLast(
    ({ kind, details: facts }) =>
      OUTCOMES.includes(kind) && details.released.safeParse(facts).data?.version === version,
  );
  return {
    promoted: version !== null && production?.champion === version,
    waiting: outcome?.kind === 'approval-requested',
    version,
    run,
    reason: outcome === undefined ? gate.summary : `${gate.summary}. ${outcome.summary}`,
  };
}
