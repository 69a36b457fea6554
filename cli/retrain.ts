import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packSpec } from '../core/spec/packed-spec.ts';
import type { Spec } from '../core/spec/schema.ts';
import { openStore } from '../core/storage/open-store.ts';
import { scratchFolder } from '../core/storage/scratch-folder.ts';
import { ENVIRONMENT } from '../core/telemetry/environment.ts';
import { keptFile } from '../core/training/onnx/brought-files.ts';
import { listRuns, type RunRecord } from '../core/training/run-record.ts';
import type { JobResult } from '../core/training/script/read-script-model.ts';
import type { StepOutput } from '../core/workflow/steps.ts';
import type { Program } from '../local/training/programs.ts';
import { runJob } from '../local/training/run-job.ts';
import type { Stores } from './deployments/deployment.ts';
import { stepInProcess } from './step-process.ts';

/** Stands for the model bucket in the parameters of a training job. */
const BUCKET = 'models';

/**
 * Trains a recorded run again by the deployed functions' own code, on the recorded dataset and spec, with an empty model
 * bucket in which it cannot find the run that is there already. The trained model that a run brought is put there.
 * @param stores They are only read.
 * @param program What a script runs.
 * @returns The new run; or, where it could not be trained, why.
 */
export async function retrain(
  { data, models: kept }: Stores,
  run: RunRecord,
  spec: Spec,
  program: Program | undefined,
): Promise<RunRecord | string> {
  await using scratch = await scratchFolder('reproduce');
  const models = openStore(pathToFileURL(join(scratch.path, 'models')).href);
  const brought = keptFile(run.model, run);
  const object = brought && (await kept.get(brought.key));
  if (brought && object) await models.put(brought.key, object.body);
  const { trainer, hyperparameters, script, dataset, time } = run;
  const payload = { time, dataset, spec: packSpec(spec), candidate: { trainer, hyperparameters, script } };
  const variables = { [ENVIRONMENT.dataStore]: data.url, [ENVIRONMENT.modelStore]: models.url };
  let result: JobResult = {};
  if (script !== undefined) {
    if (program === undefined) return 'the folder of its program is not known any more';
    const prepared = await stepInProcess('prepareTrainingJob', payload, scratch.path, variables);
    result =
      'failure' in prepared
        ? { failure: failureOf(prepared.failure) }
        : await runAgain(prepared.output, program, models);
  }
  const trained = await stepInProcess('trainCandidate', { ...payload, ...result }, scratch.path, variables);
  const [again] = await listRuns(models, run.model);
  return again ?? ('failure' in trained ? trained.failure : '');
}

/** An error as Step Functions hands it on. */
function failureOf(text: string): NonNullable<JobResult['failure']> {
  const [, name = 'Error', message = text] = /^(\w+): (.*)$/s.exec(text) ?? [];
  return { Error: name, Cause: message };
}

async function runAgain(
  { script, name, hyperparameters, variables, channels, output, seconds }: StepOutput<'prepareTrainingJob'>,
  program: Program,
  models: Stores['models'],
): Promise<JobResult> {
  const { description } = await runJob({
    job: {
      ...{ name, image: program.image, command: [...program.command], hyperparameters, variables, seconds },
      channels: Object.entries(channels).map(([channel, key]) => ({ name: channel, bucket: BUCKET, key })),
      output: { bucket: BUCKET, key: output },
    },
    program,
    storeOf: () => models,
    signal: new AbortController().signal,
  });
  return { job: { script, name }, described: description };
}
