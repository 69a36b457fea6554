import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { CONTAINER_ROOT, FOLDERS } from '../../core/training/script/job-contract.ts';
import type { TrainingJob } from './training-job.ts';

/** A channel of a job in the folder, and where its objects come from. */
export interface StoredChannel {
  readonly name: string;
  readonly store: ObjectStore;
  /** Prefix of the objects' keys. */
  readonly prefix: string;
}

/**
 * Fills an empty folder with what a training container finds below its root: channels, configuration, and empty folders
 * for what it writes.
 */
export async function fillJobFolder(
  root: string,
  { hyperparameters }: Pick<TrainingJob, 'hyperparameters'>,
  channels: readonly StoredChannel[],
): Promise<void> {
  for (const folder of [FOLDERS.inputData, FOLDERS.inputConfig, FOLDERS.model, FOLDERS.outputData]) {
    await mkdir(join(root, folder), { recursive: true });
  }
  for (const { name, store, prefix } of channels) {
    const folder = join(root, FOLDERS.inputData, name);
    await mkdir(folder, { recursive: true });
    for await (const { key } of store.list(prefix)) await fetchObject(store, key, folder, prefix);
  }
  const config = {
    'hyperparameters.json': hyperparameters,
    'inputdataconfig.json': Object.fromEntries(
      channels.map(({ name }) => [
        name,
        { ContentType: 'text/csv', RecordWrapperType: 'None', TrainingInputMode: 'File' },
      ]),
    ),
    'resourceconfig.json': { current_host: 'algo-1', hosts: ['algo-1'], network_interface_name: 'lo' },
  };
  for (const [name, content] of Object.entries(config)) {
    await writeFile(join(root, FOLDERS.inputConfig, name), JSON.stringify(content));
  }
}

async function fetchObject(store: ObjectStore, key: string, folder: string, prefix: string): Promise<void> {
  const path = join(folder, key.slice(prefix.length));
  if (relative(folder, path).startsWith('..')) throw new Error(`The object ${key} would leave its channel.`);
  await mkdir(dirname(path), { recursive: true });
  await using object = await store.materialize(key);
  // A copy: the program may do what it likes with its channel, as in a container.
  await copyFile(object.path, path);
}

/** Of the machine's own variables a program gets these: nothing that could hold credentials. */
const FROM_THE_MACHINE = ['PATH', 'HOME', 'LANG'];

/** The variables of a program: its job's with their paths pointed below the root, and a few of the machine. */
export function programVariables(
  root: string,
  scratch: string,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const machine = FROM_THE_MACHINE.flatMap(name => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const own = Object.entries(variables).map(([name, value]) => [
    name,
    value === CONTAINER_ROOT || value.startsWith(`${CONTAINER_ROOT}/`)
      ? join(root, value.slice(CONTAINER_ROOT.length))
      : value,
  ]);
  return { ...Object.fromEntries(machine), TMPDIR: scratch, ...Object.fromEntries(own) };
}
