import * as z from 'zod';
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
    /** Whether a person decides on it, and whether it is tried beside the champion before it takes over. */
    output: z.object({ version: z.int(), approval: z.boolean(), trial: z.boolean() }),
  },
  requestApproval: {
    input: z.object({ time, spec, version: z.int() }),
    /** What the model's owner is told, and how long the workflow waits for an answer. */
    output: z.object({ subject: z.string(), message: z.string(), seconds: z.int().min(1) }),
  },
  awaitDecision: {
    input: z.object({ time, spec, version: z.int(), token: z.string() }),
    output: z.object({}),
  },
  recordDecision: {
    /** What the state came to that waited for the decision. */
    input: z.object({ time, spec, version: z.int(), answer: z.unknown() }),
    output: z.object({ approved: z.boolean(), time }),
  },
  startRollout: {
    input: z.object({ time, spec, version: z.int() }),
    /** Whether the version is on trial, and when it is judged. */
    output: z.object({ started: z.boolean(), until: time }),
  },
  judgeRollout: {
    input: z.object({ time, spec, version: z.int() }),
    output: z.object({ promote: z.boolean(), reason: z.string() }),
  },
  endRollout: {
    input: z.object({ time, spec, version: z.int(), reason: z.string() }),
    output: z.object({ ended: z.boolean() }),
  },
  promoteVersion: {
    input: z.object({ time, spec, version: z.int() }),
    output: z.object({ promoted: z.boolean(), reason: z.string() }),
  },
  predictBatch: {
    /**
     * Without a key: the forecast of the version in production. With one: the request file under that key, or the forecast
     * that continues the accepted part of that key.
     */
    input: z.object({ time, spec, key: z.string().optional() }),
    /** The version is null where nothing had to be predicted. */
    output: z.object({ version: z.int().nullable(), keys: z.array(z.string()) }),
  },
  measureWindow: {
    /** With the key of an accepted part: the time that the part covers. Without: the period that ends at `time`. */
    input: z.object({ time, spec, key: z.string().optional() }),
    output: z.object({ window: z.string(), measured: z.boolean() }),
  },
  recordFailure: {
    input: z.object({ time, model, workflow: z.string(), error: z.string(), cause: z.string() }),
    output: z.object({}),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type StepName = keyof typeof steps;
export type StepInput<S extends StepName> = z.output<(typeof steps)[S]['input']>;
export type StepOutput<S extends StepName> = z.output<(typeof steps)[S]['output']>;
