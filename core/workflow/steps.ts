import * as z from 'zod';
import { REMEDIES } from '../monitoring/remedies/incident.ts';
import { unpackSpec } from '../spec/packed-spec.ts';

/**
 * Inputs and outputs of every workflow step. State machines carry keys and small facts, never data; each handler
 * parses what it gets with the schema here.
 */

/** The moment that the work belongs to: the event's own time, never the clock of the machine. */
const time = z.iso.datetime({ offset: true });
/** The spec as it was when the execution started. */
const spec = z.string().transform(unpackSpec);
const model = z.string();

const candidate = z.object({
  trainer: z.string(),
  hyperparameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
});

const trainedRun = z.object({ run: z.string(), status: z.enum(['succeeded', 'failed']) });

export const steps = {
  validateUpload: {
    input: z.object({ time, spec, key: z.string() }),
    output: z.object({ accepted: z.boolean(), trainingDue: z.boolean() }),
  },
  snapshotDataset: {
    input: z.object({ time, spec }),
    output: z.object({ dataset: z.string(), candidates: z.array(candidate) }),
  },
  trainCandidate: {
    input: z.object({ time, spec, dataset: z.string(), candidate }),
    output: trainedRun,
  },
  evaluateCandidates: {
    input: z.object({ time, spec, dataset: z.string(), runs: z.array(trainedRun) }),
    /** `run` is the candidate that was chosen, whether or not it passed. */
    output: z.object({ passed: z.boolean(), run: z.string(), reason: z.string() }),
  },
  registerVersion: {
    input: z.object({ time, spec, dataset: z.string(), run: z.string() }),
    output: z.object({ version: z.int() }),
  },
  promoteVersion: {
    input: z.object({ time, spec, version: z.int() }),
    output: z.object({ promoted: z.boolean(), reason: z.string() }),
  },
  predictBatch: {
    /** Without a key: the forecast of the version in production. With one: the request file under that key. */
    input: z.object({ time, spec, key: z.string().optional() }),
    output: z.object({ version: z.int(), keys: z.array(z.string()) }),
  },
  measureWindow: {
    /** With the key of an accepted part: the time that the part covers. Without: the period that ends at `time`. */
    input: z.object({ time, spec, key: z.string().optional() }),
    output: z.object({ window: z.string(), measured: z.boolean() }),
  },
  checkFreshness: {
    input: z.object({ time, spec }),
    /** Age over allowed age of the table that is worst; null where no table has both rows and a freshness. */
    output: z.object({ staleness: z.number().nullable() }),
  },
  chooseRemedy: {
    /** An alarm's name, and the state that it changed to. */
    input: z.object({ time, spec, alarm: z.string(), state: z.enum(['ALARM', 'OK']), reason: z.string() }),
    output: z.object({
      remedy: z.enum(['none', ...REMEDIES]),
      because: z.string(),
      /** The version that a rollback leaves. */
      leave: z.int().nullable(),
    }),
  },
  rollBack: {
    input: z.object({ time, spec, version: z.int(), reason: z.string() }),
    /** What came of it: nothing more than notice where the version is not in production any more. */
    output: z.object({ remedy: z.enum(['notify', 'rollback']), because: z.string() }),
  },
  recordRemedy: {
    input: z.object({ time, spec, alarm: z.string(), remedy: z.enum(REMEDIES), because: z.string() }),
    output: z.object({}),
  },
  recordFailure: {
    input: z.object({ time, model, workflow: z.string(), error: z.string(), cause: z.string() }),
    output: z.object({}),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type StepName = keyof typeof steps;
export type StepInput<S extends StepName> = z.output<(typeof steps)[S]['input']>;
export type StepOutput<S extends StepName> = z.output<(typeof steps)[S]['output']>;
