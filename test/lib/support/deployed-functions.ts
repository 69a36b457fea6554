import { delimiter, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { S3Store } from '../../../core/storage/s3.ts';
import { type StepName, type StepOutput, steps } from '../../../core/workflow/steps.ts';
import { HANDLERS } from '../../../lib/functions/handlers.ts';
import { runJob } from '../../../local/training/run-job.ts';
import { GuardedS3, type Need } from './guarded-s3.ts';
import { listedFolders, type Statement, statementsOf } from './policies.ts';
import { type Synthesized, synthesize } from './synthesize.ts';
import { resourceOf, resourcesOf, textOf } from './template.ts';

/** What a step is asked. */
export type Asked<S extends StepName> = z.input<(typeof steps)[S]['input']>;

/** Where the code of a function or layer lies in the assembly. */
const code = z.object({ S3Key: z.string() });
const functionSchema = z.looseObject({ Code: code, Role: z.unknown() });
const answerSchema = z.object({ output: z.unknown().optional(), error: z.string().optional() });

/**
 * The functions as they are deployed: their bundles, beside the layer alone, speak S3 to two buckets that grant each of
 * them what the template's policies grant, and nothing more.
 */
export class DeployedFunctions {
  readonly #app: Synthesized = synthesize();
  readonly #statements: readonly Statement[] = statementsOf(this.#app.platform);
  /** Logical ids. */
  readonly #buckets: ReadonlyMap<string, string> = new Map([
    ['data', resourceOf(this.#app.platform, 'AWS::S3::Bucket', 'Data').id],
    ['models', resourceOf(this.#app.platform, 'AWS::S3::Bucket', 'Models').id],
  ]);
  readonly #s3 = new GuardedS3([...this.#buckets.keys()], need => this.#allows(need));
  /** Permissions that a request needed, as `role action bucket/folder`. */
  readonly #used = new Set<string>();
  #endpoint = '';

  static async start(): Promise<DeployedFunctions> {
    const started = new DeployedFunctions();
    started.#endpoint = await started.#s3.start();
    return started;
  }

  stop(): Promise<void> {
    return this.#s3.stop();
  }

  /** What requests needed and no policy granted. */
  get denied(): readonly Need[] {
    return this.#s3.denied;
  }

  /** A bucket without a guard. */
  open(bucket: 'data' | 'models'): ObjectStore {
    return storeAt(this.#s3.open.get(bucket) ?? '', bucket, 'test');
  }

  /** Permissions on objects that no request has needed so far. */
  get unused(): string[] {
    const names = new Map([...this.#buckets].map(([name, id]) => [`<${id}>`, name]));
    const granted = this.#statements.flatMap(({ role, Action, Resource }) =>
      Action.filter(action => /^s3:(Get|Put)Object$/.test(action)).flatMap(action =>
        Resource.map(resource => {
          const [bucket = '', folder = ''] = resource.split('/');
          return `${role} ${action} ${names.get(bucket) ?? bucket}/${folder}/`;
        }),
      ),
    );
    return granted.filter(permission => !this.#used.has(permission));
  }

  /** Invokes a function as Lambda would, under the credentials of its role. */
  async invoke<S extends StepName>(step: S, input: Asked<S>): Promise<StepOutput<S>> {
    const { duckdb, onnx } = HANDLERS[step];
    const layers = [...(duckdb ? ['StepsDuckDb'] : []), ...(onnx ? ['StepsOnnx'] : [])].map(layer => {
      const { Content } = resourceOf(this.#app.platform, 'AWS::Lambda::LayerVersion', layer).Properties;
      return join(this.#asset(code.parse(Content).S3Key), 'nodejs', 'node_modules');
    });
    const { Code, Role } = this.#function(step);
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       import(workerData.bundle).then(({ handler }) => handler(workerData.input)).then(
         output => parentPort.postMessage({ output }),
         error => parentPort.postMessage({ error: error.name + ': ' + error.message }),
       );`,
      {
        eval: true,
        stdout: true,
        workerData: { bundle: join(this.#asset(Code.S3Key), 'index.mjs'), input },
        env: {
          ANTEI_DATA_STORE: 's3://data',
          ANTEI_MODEL_STORE: 's3://models',
          AWS_ENDPOINT_URL: this.#endpoint,
          AWS_REGION: 'eu-west-1',
          AWS_ACCESS_KEY_ID: textOf(Role).slice(1, -1),
          AWS_SECRET_ACCESS_KEY: 'test',
          NODE_PATH: layers.join(delimiter),
        },
      },
    );
    const answer = await new Promise<unknown>((resolve, reject) =>
      worker.once('message', resolve).once('error', reject),
    );
    await worker.terminate();
    const { output, error } = answerSchema.parse(answer);
    if (error !== undefined) throw new Error(`${step}: ${error}; denied: ${JSON.stringify(this.denied)}`);
    return steps[step].output.parse(output) as StepOutput<S>;
  }

  /** What SageMaker does for a script, here as a process, under the credentials of the jobs' role. */
  async runScript(work: Asked<'prepareTrainingJob'>) {
    const job = await this.invoke('prepareTrainingJob', work);
    const { ended, script, name, image, command, seconds, hyperparameters, variables } = job;
    if (ended) return { job: { script, name } };
    const role = resourceOf(this.#app.platform, 'AWS::IAM::Role', 'DeliveryScriptsJobRole').id;
    const bucket = storeAt(this.#endpoint, 'models', role);
    const { description } = await runJob({
      job: {
        ...{ name, image, command, seconds, hyperparameters, variables },
        channels: Object.entries(job.channels).map(([channel, key]) => ({
          ...{ name: channel, bucket: 'models', key },
        })),
        output: { bucket: 'models', key: job.output },
      },
      program: { image, command, folder: process.cwd() },
      storeOf: () => bucket,
      signal: new AbortController().signal,
    });
    return { job: { script, name }, described: description };
  }

  #function(step: StepName): z.output<typeof functionSchema> {
    const found = resourcesOf(this.#app.platform, 'AWS::Lambda::Function').find(
      ({ Properties }) => Properties.Description === `Antei: ${HANDLERS[step].entry}`,
    );
    if (found === undefined) throw new Error(`No function for ${step}`);
    return functionSchema.parse(found.Properties);
  }

  #asset(key: string): string {
    return join(this.#app.outdir, `asset.${key.replace(/\.zip$/, '')}`);
  }

  /** The user is the role that asks. */
  #allows({ user, action, bucket, key }: Need): boolean {
    const arn = `<${this.#buckets.get(bucket)}>`;
    return this.#statements.some(statement => {
      if (statement.role !== user || !statement.Action.includes(action)) return false;
      const folder = foldersOf(statement, action, arn).find(prefix => key.startsWith(prefix));
      if (folder !== undefined) this.#used.add(`${user} ${action} ${bucket}/${folder}`);
      return folder !== undefined;
    });
  }
}

/** The folders of a bucket for which a statement allows an action. */
function foldersOf(statement: Statement, action: Need['action'], arn: string): string[] {
  if (action === 's3:ListBucket') return statement.Resource.includes(arn) ? listedFolders(statement) : [];
  return statement.Resource.filter(resource => resource.startsWith(`${arn}/`)).map(resource =>
    resource.slice(arn.length + 1, -1),
  );
}

const storeAt = (endpoint: string, bucket: string, user: string): ObjectStore =>
  new S3Store(
    `s3://${bucket}`,
    new S3Client({
      ...{ endpoint, region: 'eu-west-1', forcePathStyle: true },
      credentials: { accessKeyId: user, secretAccessKey: 'test' },
    }),
  );
