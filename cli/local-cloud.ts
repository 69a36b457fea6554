import { existsSync } from 'node:fs';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Spec } from '../core/spec/schema.ts';
import { openStore } from '../core/storage/open-store.ts';
import type { EmbeddedCloud } from '../local/embedded-cloud.ts';
import { UsageError } from './command.ts';
import type { Stores } from './deployments/deployment.ts';
import { printProgress } from './progress.ts';

export interface LocalCloudOptions {
  readonly specs: readonly Spec[];
  /** The folder that the spec of a model was written in, where its scripts run. */
  readonly folderOf: (model: string) => string | undefined;
  /** Directory of the embedded cloud's state. */
  readonly state: string;
  /** Where the virtual clock starts, unless the state is further on already. */
  readonly time: Date;
  /** How long a file must have stayed as it is before it is news, in milliseconds. */
  readonly patience?: number;
}

export interface LocalCloud {
  readonly cloud: EmbeddedCloud;
  readonly stores: Stores;
  /** Physical name of the data bucket. */
  readonly dataBucket: string;
}

/** Where the state says which directories its buckets are. */
const storesFile = (state: string): string => join(state, 'stores.json');

/** Synthesizes the CDK app for the specs, runs the embedded cloud on the result, and stops it when `work` is done. */
export async function withLocalCloud<T>(
  { specs, folderOf, state, time, patience = 0 }: LocalCloudOptions,
  work: (local: LocalCloud) => Promise<T>,
): Promise<T> {
  // Only commands that run workflows pay for loading the CDK.
  const [{ buildApp }, { EmbeddedCloud }, { withPrograms }] = await Promise.all([
    import('../lib/build-app.ts'),
    import('../local/embedded-cloud.ts'),
    import('../local/training/programs.ts'),
  ]);
  const deployed = specs.map(spec => withPrograms(spec, folderOf(spec.name)));
  const programs = deployed.flatMap(({ programs: own }) => own);
  // `cdk synth` and CI validate the templates; here it would cost seconds at every start.
  process.env.CDK_VALIDATION = 'false';
  await using assembly = await mkdtempDisposable(join(tmpdir(), 'antei-assembly-'));
  buildApp({ specs: deployed.map(({ spec }) => spec), outdir: assembly.path, platform: 'host' }).synth();
  const cloud = await EmbeddedCloud.start({
    ...{ assembly: assembly.path, state, time, programs, patience },
    observe: printProgress,
  });
  try {
    const { 'AnteiPlatform.DataBucket': dataBucket = '', 'AnteiPlatform.ModelBucket': modelBucket = '' } =
      cloud.outputs();
    const urls = { data: cloud.bucketUrl(dataBucket), models: cloud.bucketUrl(modelBucket) };
    await writeFile(storesFile(state), JSON.stringify(urls));
    // A second of its own for every command, so that its events, which tell the time in seconds, can be told from those
    // of the command before.
    await cloud.advanceTo(new Date((Math.floor(cloud.now.getTime() / 1000) + 1) * 1000));
    return await work({ cloud, dataBucket, stores: openStores(urls) });
  } finally {
    await cloud.stop();
  }
}

/** The buckets of a state, to be read without starting anything. */
export async function storesOf(state: string): Promise<Stores> {
  if (!existsSync(storesFile(state))) {
    throw new UsageError(`There is nothing in ${state} yet: upload a file first, or name another --state`);
  }
  return openStores(JSON.parse(await readFile(storesFile(state), 'utf8')));
}

const openStores = ({ data, models }: Record<keyof Stores, string>): Stores => ({
  data: openStore(data),
  models: openStore(models),
});
