import { TrainingError } from '../../telemetry/errors.ts';
import type { Hyperparameters } from '../trainer.ts';

/**
 * What a program finds when it is started: the folders of SageMaker's training containers, and the variables that
 * SageMaker's training toolkit sets.
 *
 * Source: AWS, "How Amazon SageMaker AI provides training information" (folders, hyperparameters.json, failure file),
 * and the README of aws/sagemaker-training-toolkit (SM_ variables).
 */

/** Root of the folders on SageMaker. */
export const CONTAINER_ROOT = '/opt/ml';

/** Parts of a dataset that a job gets, by the name of their channel. The test part never leaves. */
export const CHANNELS = ['train', 'validation'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Folders and files below the root. */
export const FOLDERS = {
  input: 'input',
  inputData: 'input/data',
  inputConfig: 'input/config',
  model: 'model',
  output: 'output',
  outputData: 'output/data',
  failure: 'output/failure',
} as const;

/** The file of a channel. */
export const channelFile = (channel: Channel): string => `${channel}.csv`;

/**
 * Characters of a variable's value that SageMaker takes. It also limits their number, to 100: more hyperparameters than
 * that would not fit into SM_HPS.
 */
const LONGEST_VALUE = 512;

/** `hyperparameters.json`: every value as text, as SageMaker has it. */
export const textParameters = (hyperparameters: Hyperparameters): Record<string, string> =>
  Object.fromEntries(Object.entries(hyperparameters).map(([name, value]) => [name, String(value)]));

/**
 * The variables of a job, with paths below CONTAINER_ROOT.
 * @throws TrainingError when the hyperparameters are more than SageMaker takes, here as there.
 */
export function jobVariables(hyperparameters: Hyperparameters): Record<string, string> {
  const folder = (path: string): string => `${CONTAINER_ROOT}/${path}`;
  const variables = {
    SM_CHANNELS: JSON.stringify(CHANNELS),
    ...Object.fromEntries(
      CHANNELS.map(channel => [
        `SM_CHANNEL_${channel.toUpperCase()}`,
        folder(`${FOLDERS.inputData}/${channel}`),
      ]),
    ),
    SM_INPUT_DIR: folder(FOLDERS.input),
    SM_INPUT_CONFIG_DIR: folder(FOLDERS.inputConfig),
    SM_MODEL_DIR: folder(FOLDERS.model),
    SM_OUTPUT_DIR: folder(FOLDERS.output),
    SM_OUTPUT_DATA_DIR: folder(FOLDERS.outputData),
    SM_HPS: JSON.stringify(hyperparameters),
    ...Object.fromEntries(
      Object.entries(hyperparameters).map(([name, value]) => [`SM_HP_${name.toUpperCase()}`, String(value)]),
    ),
  };
  const tooLong = Object.entries(variables).find(([, value]) => value.length > LONGEST_VALUE);
  if (tooLong !== undefined) {
    const [name, { length }] = tooLong;
    throw new TrainingError(
      `The hyperparameters make the variable ${name} ${length} characters long; a training job takes ${LONGEST_VALUE}. ` +
        'Shorten them, or put what is long into the program.',
    );
  }
  return variables;
}
