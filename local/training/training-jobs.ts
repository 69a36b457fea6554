import { join } from 'node:path';
import * as z from 'zod';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { type JobDescription, jobDescriptionSchema } from '../../core/training/script/job-description.ts';
import { Slots } from '../slots.ts';
import { readJsonFile, writeAtomically } from '../state/atomic-file.ts';
import type { Program } from './programs.ts';
import { runJob } from './run-job.ts';
import { type TrainingJob, trainingJobSchema } from './training-job.ts';

/** A job of this name was there before. */
export class JobExistsError extends Error {
  override readonly name = 'JobExistsError';
}

interface TrainingJobsProps {
  /** By image. */
  readonly programs: readonly Program[];
  readonly storeOf: (bucket: string) => ObjectStore;
  /** Directory of what is known of jobs that have ended. */
  readonly directory: string;
  /** Directory of what they printed. */
  readonly logs: string;
  /** How many run at the same time. */
  readonly concurrency: number;
}

const endedSchema = z.object({ call: z.string(), description: jobDescriptionSchema });

/** Training jobs on this machine. A name is used once; a job that was under way at a kill is run again. */
export class TrainingJobs {
  readonly #props: TrainingJobsProps;
  readonly #slots: Slots;
  readonly #running = new Map<string, Promise<JobDescription>>();
  readonly #stop = new AbortController();

  constructor(props: TrainingJobsProps) {
    this.#props = props;
    this.#slots = new Slots(props.concurrency);
  }

  /**
   * Runs a job to its end.
   * @param parameters As CreateTrainingJob takes them.
   * @param call The same for the same call, also after a restart: it then gets the same answer again.
   * @throws z.ZodError for parameters that are not understood, and JobExistsError.
   */
  async run(parameters: unknown, call: string): Promise<JobDescription> {
    const job = trainingJobSchema.parse(parameters);
    // Before anything is awaited, so that of two who ask at once one is refused.
    if (this.#running.has(job.name)) throw new JobExistsError(`The training job ${job.name} is running.`);
    const running = this.#toEnd(job, call);
    this.#running.set(job.name, running);
    try {
      return await running;
    } finally {
      if (this.#stop.signal.aborted) await forever();
      this.#running.delete(job.name);
    }
  }

  /** How a job is going, or undefined when there is none of this name. */
  async describe(name: string): Promise<JobDescription | undefined> {
    if (this.#running.has(name)) {
      return { TrainingJobName: name, TrainingJobStatus: 'InProgress', SecondaryStatus: 'Training' };
    }
    if (!/^[\w-]{1,63}$/.test(name)) return undefined;
    return (await readJsonFile(this.#path(name), endedSchema))?.description;
  }

  /** Kills what runs. For callers it is as if the process were killed: what they wait for never comes. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#running.values());
  }

  async #toEnd(job: TrainingJob, call: string): Promise<JobDescription> {
    const ended = await readJsonFile(this.#path(job.name), endedSchema);
    if (ended?.call === call) return ended.description;
    if (ended !== undefined) throw new JobExistsError(`There was a training job ${job.name} already.`);
    await this.#slots.take();
    try {
      const description = await this.#run(job);
      await writeAtomically(this.#path(job.name), JSON.stringify({ call, description }));
      return description;
    } finally {
      this.#slots.give();
    }
  }

  async #run(job: TrainingJob): Promise<JobDescription> {
    const { programs, storeOf, logs } = this.#props;
    const program = programs.find(({ image }) => image === job.image);
    if (program === undefined || JSON.stringify(program.command) !== JSON.stringify(job.command)) {
      return {
        ...{ TrainingJobName: job.name, TrainingJobStatus: 'Failed', SecondaryStatus: 'Failed' },
        FailureReason:
          `ClientError: the program ${job.image} is no longer that of a deployed spec: it has changed since. The ` +
          'next delivery trains with the program as it is now.',
      };
    }
    const { description, output } = await runJob({ job, program, storeOf, signal: this.#stop.signal });
    await writeAtomically(join(logs, `${job.name}.log`), output);
    return description;
  }

  #path(name: string): string {
    return join(this.#props.directory, `${name}.json`);
  }
}

const forever = (): Promise<never> => new Promise(() => undefined);
