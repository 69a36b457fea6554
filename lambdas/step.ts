import { Logger } from '@aws-lambda-powertools/logger';
import { type EventKind, recordEvent } from '../core/registry/events.ts';
import type { ObjectStore } from '../core/storage/object-store.ts';
import { openStore } from '../core/storage/open-store.ts';
import { environment } from '../core/telemetry/environment.ts';
import { InvalidInputError } from '../core/telemetry/errors.ts';
import { embeddedMetric, type MetricId } from '../core/telemetry/metrics.ts';
import { type StepInput, type StepName, type StepOutput, steps } from '../core/workflow/steps.ts';

/** What a step works with besides its input. */
export interface StepContext {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  /** Emits metrics for the model and time of the input. */
  readonly metrics: (values: Partial<Record<MetricId, number>>) => void;
  /** Appends to the event log, at the time of the input. */
  readonly record: (kind: EventKind, summary: string, details: Record<string, unknown>) => Promise<void>;
}

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

  return async payload => {
    const parsed = steps[name].input.safeParse(payload);
    if (!parsed.success)
      throw new InvalidInputError(`${name}: ${parsed.error.message}`, { cause: parsed.error });
    const input = parsed.data as StepInput<S>;
    const { time } = input;
    const model = 'spec' in input ? input.spec.name : input.model;
    try {
      const output = await work(input, {
        data,
        models,
        metrics: values => process.stdout.write(`${embeddedMetric(model, time, values)}\n`),
        record: (kind, summary, details) =>
          recordEvent(models, { time, model, kind, actor: 'workflow', summary, details }),
      });
      logger.info('Step done', { model, output });
      return output;
    } catch (error) {
      logger.error('Step failed', error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  };
}
