import { Logger } from '@aws-lambda-powertools/logger';
import { type EventKind, recordEvent } from '../core/registry/events.ts';
import { identityOf, sha256OfFile } from '../core/storage/digest.ts';
import type { ObjectStore } from '../core/storage/object-store.ts';
import { openStore } from '../core/storage/open-store.ts';
import { environment } from '../core/telemetry/environment.ts';
import { InvalidInputError } from '../core/telemetry/errors.ts';
import { embeddedMetric, type MetricId } from '../core/telemetry/metrics.ts';
import type { Job } from '../core/tracking/lineage-event.ts';
import { traced } from '../core/tracking/traced-store.ts';
import { trackJob } from '../core/tracking/track-job.ts';
import { type StepInput, type StepName, type StepOutput, steps } from '../core/workflow/steps.ts';

interface Stores {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
}

/** What a step works with besides its input. */
export interface StepContext extends Stores {
  readonly codeDigest: string;
  /** Emits metrics for the model and time of the input. */
  readonly metrics: (values: Partial<Record<MetricId, number>>) => void;
  /** Appends to the event log, at the time of the input. */
  readonly record: (kind: EventKind, summary: string, details: Record<string, unknown>) => Promise<void>;
}

/** The bundle holds all of the code of a step, libraries included: its digest is the code's version. */
const codeDigest = await sha256OfFile(import.meta.filename);

/** Steps whose lineage is kept here. A training keeps its own: a run that exists already is no new attempt. */
const JOBS: Readonly<Partial<Record<StepName, Job>>> = {
  validateUpload: 'validate',
  snapshotDataset: 'snapshot',
  evaluateCandidates: 'evaluate',
  predictBatch: 'predict',
  measureWindow: 'measure',
};

/**
 * A Lambda handler for one workflow step: parses the input, opens the stores, and lets `work` do the rest.
 * What `work` throws reaches the state machine under the error's own name.
 */
export function defineStep<S extends StepName>(
  name: S,
  work: (input: StepInput<S>, context: StepContext) => Promise<StepOutput<S>>,
): (payload: unknown) => Promise<StepOutput<S>> {
  const logger = new Logger({ serviceName: 'antei', persistentKeys: { step: name } });
  const data = openStore(environment('dataStore'));
  const models = openStore(environment('modelStore'));

  /** Keeps the lineage of the work, if it is a job, from what it reads and writes. */
  const tracked = (
    input: StepInput<S>,
    model: string,
    perform: (stores: Stores) => Promise<StepOutput<S>>,
  ): Promise<StepOutput<S>> => {
    const job = JOBS[name];
    if (job === undefined) return perform({ data, models });
    const attempt = {
      ...{ model, job, run: identityOf({ name, input }), time: input.time, codeDigest },
      node: process.versions.node,
    };
    const { stores, traces } = traced({ data, models });
    const started = performance.now();
    return trackJob(models, attempt, {}, async () => {
      const result = await perform(stores);
      const after = Math.round(performance.now() - started) / 1000;
      return { result, end: { after, inputs: traces.inputs(), outputs: traces.outputs() } };
    });
  };

  return async payload => {
    const parsed = steps[name].input.safeParse(payload);
    if (!parsed.success)
      throw new InvalidInputError(`${name}: ${parsed.error.message}`, { cause: parsed.error });
    const input = parsed.data as StepInput<S>;
    const { time } = input;
    const model = 'spec' in input ? input.spec.name : input.model;
    try {
      const output = await tracked(input, model, stores =>
        work(input, {
          ...stores,
          codeDigest,
          metrics: values => process.stdout.write(`${embeddedMetric(model, time, values)}\n`),
          record: (kind, summary, details) =>
            recordEvent(models, { time, model, kind, actor: 'workflow', summary, details }),
        }),
      );
      logger.info('Step done', { model, output });
      return output;
    } catch (error) {
      logger.error('Step failed', error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  };
}
