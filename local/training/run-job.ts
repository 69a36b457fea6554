import { constants, existsSync } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { scratchFolder } from '../../core/storage/scratch-folder.ts';
import { messageOf } from '../../core/telemetry/errors.ts';
import { FOLDERS } from '../../core/training/script/job-contract.ts';
import {
  type JobDescription,
  OUT_OF_TIME,
  SCRIPT_FAILED,
} from '../../core/training/script/job-description.ts';
import { fillJobFolder, programVariables } from './job-folder.ts';
import { packFolder } from './pack-folder.ts';
import type { Program } from './programs.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';
import type { TrainingJob } from './training-job.ts';

/** Characters of a FailureReason, and of the failure file that SageMaker reads. */
const LONGEST_REASON = 1024;

type Ending = Omit<JobDescription, 'TrainingJobName' | 'TrainingTimeInSeconds'>;

/** Lines of output that stand for a failure file. */
const LAST_LINES = 12;

export interface JobRun {
  readonly description: JobDescription;
  /** The last of what the program printed. */
  readonly output: string;
}

/**
 * Runs a training job on this machine as SageMaker does in a container: fills the folders, runs the program, and stores
 * what it leaves in its model directory.
 * @param storeOf The store of a bucket.
 */
export async function runJob(o: {
  readonly job: TrainingJob;
  readonly program: Program;
  readonly storeOf: (bucket: string) => ObjectStore;
  readonly signal: AbortSignal;
}): Promise<JobRun> {
  const { job, program, storeOf, signal } = o;
  if (!existsSync(program.folder)) {
    const reason = `ClientError: the folder of the spec, ${program.folder}, is not there any more`;
    return { description: { TrainingJobName: job.name, ...failed(reason) }, output: '' };
  }
  await using scratch = await scratchFolder('training');
  const root = join(scratch.path, 'ml');
  await fillJobFolder(
    root,
    job,
    job.channels.map(({ name, bucket, key }) => ({ name, store: storeOf(bucket), prefix: key })),
  );
  const begin = performance.now();
  const end = await runProgram({
    ...{ command: program.command, folder: program.folder, seconds: job.seconds, signal },
    variables: programVariables(root, scratch.path, job.variables),
  });
  const TrainingTimeInSeconds = Math.ceil((performance.now() - begin) / 1000);
  const told = (rest: Ending): JobRun => ({
    description: { TrainingJobName: job.name, ...rest, TrainingTimeInSeconds },
    output: end.output,
  });
  if (end.timedOut) return told({ TrainingJobStatus: 'Stopped', SecondaryStatus: OUT_OF_TIME });
  if (end.exitCode !== 0) return told(failed(await failureReason(root, program, end)));
  try {
    const archive = join(scratch.path, 'model.tar.gz');
    const left = join(root, FOLDERS.model);
    // The program may have put a link in its place, to anywhere.
    if (!(await lstat(left)).isDirectory()) throw new Error('the model directory is no folder any more');
    await packFolder(left, archive);
    const { bucket, key } = job.output;
    const folder = key.endsWith('/') ? key : `${key}/`;
    await storeOf(bucket).putFile(`${folder}${job.name}/output/model.tar.gz`, archive);
  } catch (error) {
    return told(failed(`${SCRIPT_FAILED}: what it left could not be stored: ${messageOf(error)}`));
  }
  return told({ TrainingJobStatus: 'Completed', SecondaryStatus: 'Completed' });
}

const failed = (reason: string): Ending => ({
  ...{ TrainingJobStatus: 'Failed', SecondaryStatus: 'Failed' },
  FailureReason: reason,
});

/** What the program wrote into its failure file, or else the last lines that it printed. */
async function failureReason(
  root: string,
  { command, folder }: Program,
  { exitCode, error, output }: ProgramEnd,
): Promise<string> {
  if (error !== undefined) {
    return `ClientError: ${command[0]} cannot be started in ${folder}: ${error}`;
  }
  const written = await beginningOf(join(root, FOLDERS.failure));
  const ending = `, exit code: ${exitCode}`;
  const room = LONGEST_REASON - SCRIPT_FAILED.length - ending.length - 2;
  const why =
    written.trim() === ''
      ? output.trim().split('\n').slice(-LAST_LINES).join('\n').slice(-room)
      : written.trim().slice(0, room);
  return `${SCRIPT_FAILED}: ${why}${ending}`;
}

/** The beginning of a file that a program may have made: of a link or a pipe nothing is read. */
async function beginningOf(path: string): Promise<string> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) return '';
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4 * LONGEST_REASON));
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}
