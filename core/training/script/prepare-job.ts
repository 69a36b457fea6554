import { join } from 'node:path';
import { loadExamples } from '../../data/dataset/load-dataset.ts';
import { readExamples } from '../../data/dataset/read-examples.ts';
import { isTabular } from '../../spec/schema.ts';
import { identityOf } from '../../storage/digest.ts';
import { modelKeys } from '../../storage/layout.ts';
import { scratchFolder } from '../../storage/scratch-folder.ts';
import { InvalidInputError } from '../../telemetry/errors.ts';
import type { StepOutput } from '../../workflow/steps.ts';
import { runId, type TrainingRequest } from '../run-id.ts';
import { questionOf } from '../tabular/question.ts';
import { refuseUnlearnable } from '../tabular/refuse-unlearnable.ts';
import { CHANNELS, type Channel, channelFile, jobVariables, textParameters } from './job-contract.ts';
import { writeChannel } from './write-channel.ts';

/** SageMaker's longest name of a job. */
const NAME_LENGTH = 63;

/**
 * Prepares what a script is trained with: the training and validation part as files, and the parameters of its job.
 * What is learned is a function of what the script's id names, so the same again finds the same files, and needs no
 * job when it is known how one ended. Names of jobs are used once: at one moment the same one, so that an event that
 * comes twice starts one job; at another moment another one, so that a job that could not run is tried again.
 * @param jobs What the deployment's names of jobs begin with.
 * @throws TrainingError when there is nothing to learn, or the hyperparameters do not fit a job.
 */
export async function prepareJob(
  request: TrainingRequest,
  jobs: string,
): Promise<StepOutput<'prepareTrainingJob'>> {
  const { models, spec, candidate, time } = request;
  const { script } = candidate;
  if (script === undefined || !isTabular(spec)) {
    throw new InvalidInputError(`The candidate ${candidate.trainer} of ${spec.name} has no script to run.`);
  }
  const id = runId(request);
  const variables = jobVariables(candidate.hyperparameters);
  const end = await models.head(modelKeys.trainingEnd(spec.name, id));
  if (end === undefined) await provideChannels({ ...request, spec }, id);
  return {
    ended: end !== undefined,
    script: id,
    name: jobName(jobs, spec.name, identityOf([id, time])),
    // On AWS a spec without an image is refused before it is deployed.
    image: script.image ?? '',
    ...{ command: script.command, instance: script.instance, seconds: script.seconds },
    hyperparameters: textParameters(candidate.hyperparameters),
    variables,
    channels: {
      train: modelKeys.channel(spec.name, id, 'train'),
      validation: modelKeys.channel(spec.name, id, 'validation'),
    },
    output: modelKeys.trainingOutput(spec.name, id),
  };
}

const jobName = (jobs: string, model: string, identity: string): string =>
  `${jobs}${model.slice(0, NAME_LENGTH - jobs.length - identity.length - 1)}-${identity}`;

async function provideChannels(
  { data, models, spec, dataset }: TrainingRequest & { readonly spec: Parameters<typeof questionOf>[0] },
  script: string,
): Promise<void> {
  const record = await loadExamples(data, spec.name, dataset);
  const question = questionOf(spec, record);
  // Here rather than by the program: what cannot be learned shall cost no machine.
  refuseUnlearnable({ question, train: await readExamples(data, record, 'train') });
  const keyOf = (channel: Channel): string =>
    `${modelKeys.channel(spec.name, script, channel)}${channelFile(channel)}`;
  await using scratch = await scratchFolder('channels');
  for (const channel of CHANNELS) {
    if ((await models.head(keyOf(channel))) !== undefined) continue;
    const path = join(scratch.path, channelFile(channel));
    await writeChannel(data, record, channel, path);
    await models.putFile(keyOf(channel), path);
  }
}
