import * as z from 'zod';
import { REMEDIES } from '../monitoring/remedies/incident.ts';
import { OWNER_ROLES } from '../spec/owner-roles.ts';
import { unpackSpec } from '../spec/packed-spec.ts';
import { taskFailureSchema } from '../training/lost-training.ts';
import { jobDescriptionSchema } from '../training/script/job-description.ts';
import { scriptRequestSchema } from '../training/script/script-request.ts';

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
  script: scriptRequestSchema.optional(),
});

const texts = z.record(z.string(), z.string());

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
  prepareTrainingJob: {
    input: z.object({ time, spec, dataset: z.string(), candidate }),
    output: z.object({
      /** Whether it is known already how the script ended: then no job is needed. */
      ended: z.boolean(),
      /** What names the script with its data and hyperparameters; jobs come and go. */
      script: z.string(),
      name: z.string(),
      image: z.string(),
      command: z.array(z.string()),
      instance: z.string(),
      /** The longest that the program may run. */
      seconds: z.int(),
      hyperparameters: texts,
      variables: texts,
      /** Keys of the model bucket: folders that end with a slash. */
      channels: z.object({ train: z.string(), validation: z.string() }),
      output: z.string(),
    }),
  },
  trainCandidate: {
    input: z.object({
      ...{ time, spec, dataset: z.string(), candidate },
      /** Of a script: its training job, how that is described, and what the workflow failed with instead. */
      job: z.object({ script: z.string(), name: z.string() }).optional(),
      described: jobDescriptionSchema.optional(),
      failure: taskFailureSchema.optional(),
      /** How the function ended that trained it before, and could not say so itself: it is not trained again. */
      lost: taskFailureSchema.optional(),
    }),
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
    input: z.object({
      ...{ time, spec, alarm: z.string(), reason: z.string() },
      ...{ remedy: z.enum(REMEDIES), because: z.string() },
    }),
    /** Whom of the model's owners the workflow tells, and what. */
    output: z.object({ roles: z.array(z.enum(OWNER_ROLES)), subject: z.string(), message: z.string() }),
  },
  recordFailure: {
    input: z.object({ time, model, workflow: z.string(), error: z.string(), cause: z.string() }),
    output: z.object({}),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type StepName = keyof typeof steps;
export type StepInput<S extends StepName> = z.output<(typeof steps)[S]['input']>;
export type StepOutput<S extends StepName> = z.output<(typeof steps)[S]['output']>;
