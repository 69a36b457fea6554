import * as z from 'zod';
import { visibleText } from '../../data/upload/report/visible-text.ts';
import { canonicalJson } from '../../storage/digest.ts';
import { modelKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { ObjectNotFoundError, TrainingError, TrainingJobError } from '../../telemetry/errors.ts';
import { plainCause } from '../../telemetry/failure-cause.ts';
import type { StepInput } from '../../workflow/steps.ts';
import { type JobDescription, jobDescriptionSchema, OUT_OF_TIME, SCRIPT_FAILED } from './job-description.ts';
import { readFromArchive } from './read-archive.ts';

/** What the workflow knows of a script's training. */
export type JobResult = Pick<StepInput<'trainCandidate'>, 'job' | 'described' | 'failure'>;

/** The file that a script must leave in its model directory. */
const MODEL = 'model.onnx';

/** Bytes of the largest model: a function has to hold it, and what the runtime makes of it. */
const LARGEST_MODEL = 512 * 2 ** 20;

/** How a script ended, for good: which job left a model, or why none will. */
const endSchema = z.object({ job: z.string(), seconds: z.number().optional(), error: z.string().optional() });

type End = z.output<typeof endSchema>;

/** The model that a script has left, or why there is none; that is the candidate's own failure. */
export type ScriptModel =
  | {
      readonly bytes: Uint8Array;
      /** Time that the script took, where it is known. */
      readonly seconds: number | undefined;
    }
  | {
      /**
       * TrainingError when the script failed, ran out of time, or left no model; TrainingJobError when it did not run,
       * or not to its end, for another reason.
       */
      readonly error: TrainingError | TrainingJobError;
    };

/** What a script has left. Throws what a store throws. */
export async function readScriptModel(
  models: ObjectStore,
  model: string,
  result: JobResult,
): Promise<ScriptModel> {
  try {
    return await readModel(models, model, result);
  } catch (error) {
    if (error instanceof TrainingError || error instanceof TrainingJobError) return { error };
    throw error;
  }
}

async function readModel(
  models: ObjectStore,
  model: string,
  { job, described, failure }: JobResult,
): Promise<ScriptModel> {
  if (job === undefined) {
    throw new TrainingError(failure === undefined ? 'The script was never run.' : plainCause(failure.Cause));
  }
  const key = modelKeys.trainingEnd(model, job.script);
  const known = await models.get(key);
  const end = known === undefined ? endOf(job.name, { described, failure }) : parseEnd(known.body);
  if (known === undefined) await models.putIfAbsent(key, canonicalJson(end));
  if (end.error !== undefined) throw new TrainingError(end.error);
  const archive = modelKeys.modelArchive(model, job.script, end.job);
  return { bytes: await unpackModel(models, archive), seconds: end.seconds };
}

const parseEnd = (body: Buffer): End => endSchema.parse(JSON.parse(body.toString()));

/** Throws TrainingJobError where nothing is known for good. */
function endOf(job: string, { described, failure }: Omit<JobResult, 'job'>): End {
  const description = described ?? descriptionIn(failure?.Cause);
  if (description === undefined) {
    const why =
      failure === undefined ? 'nothing is known of it' : `${failure.Error}: ${plainCause(failure.Cause)}`;
    throw new TrainingJobError(`The training job ${job} could not run: ${why}`);
  }
  const {
    TrainingJobStatus: status,
    SecondaryStatus: secondary,
    TrainingTimeInSeconds: seconds,
  } = description;
  const reason = description.FailureReason ?? 'no reason was given';
  const end = { job, ...(seconds !== undefined && { seconds }) };
  if (status === 'Completed') return end;
  if (status === 'Stopped' && secondary === OUT_OF_TIME) {
    return {
      ...end,
      error: `The script ran for longer than its time_limit, and was ended${after(seconds)}.`,
    };
  }
  if (status === 'Failed' && reason.startsWith(SCRIPT_FAILED)) {
    const said = reason.slice(SCRIPT_FAILED.length + 2).replace(/^(?=, exit code)/, 'it printed nothing');
    return { ...end, error: `The script failed: ${shown(said)}` };
  }
  throw new TrainingJobError(`The training job ${job} ended as ${status}, ${secondary}: ${shown(reason)}`);
}

/** What a program printed is shown in terminals and pages: only its line breaks stay what they are. */
const shown = (text: string): string => text.split('\n').map(visibleText).join('\n');

const after = (seconds: number | undefined): string =>
  seconds === undefined ? '' : ` after ${seconds} seconds`;

/** A job that failed is described in the Cause. */
function descriptionIn(cause: string | undefined): JobDescription | undefined {
  try {
    return jobDescriptionSchema.safeParse(JSON.parse(cause ?? '')).data;
  } catch {
    return undefined;
  }
}

async function unpackModel(models: ObjectStore, key: string): Promise<Buffer> {
  try {
    await using archive = await models.materialize(key);
    return await readFromArchive(archive.path, MODEL, LARGEST_MODEL);
  } catch (error) {
    if (!(error instanceof ObjectNotFoundError)) throw error;
    throw new TrainingError(`The script left nothing in its model directory; it must leave ${MODEL}.`);
  }
}
