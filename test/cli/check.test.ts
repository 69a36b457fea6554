import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check, problemsOf } from '../../cli/check.ts';
import type { Invocation } from '../../cli/command.ts';
import { localDeployment } from '../../cli/deployments/local-deployment.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const specOf = (task: string, target: string, ...files: string[]): string => `name: parcels
task: ${task}
tables:
  parcels:
    time: sent
    columns: { sent: { type: timestamp }, hub: { type: string }, distance: { type: number }, hours: { type: number } }
  hubs: { mode: replace, columns: { hub: { type: string }, region: { type: string } } }
examples:
  base: parcels
  id: sent
  joins: [{ table: hubs, on: parcels.hub = hubs.hub }]
  features: { distance: parcels.distance, hub: parcels.hub, region: hubs.region }
  target: ${target}
split: { by: hash, validation: 0.2, test: 0.2 }
candidates:
${files.map(file => `  - { trainer: onnx, file: ${file} }`).join('\n')}
`;
const LATE = ['classification', 'parcels.hours > 39'] as const;

const fixture = (name: string): string => join(import.meta.dirname, '..', 'fixtures', 'onnx', `${name}.onnx`);

/** What check says of a spec beside some models, without the folder. */
async function checked(
  spec: string,
  ...models: string[]
): Promise<{ lines: string[]; refused: boolean | undefined }> {
  const folder = temporaryDirectory();
  const path = join(folder, 'parcels.yaml');
  writeFileSync(path, spec);
  mkdirSync(join(folder, 'trained'));
  for (const name of models) copyFileSync(fixture(name), join(folder, 'trained', `${name}.onnx`));
  const directories = { state: folder, models: folder };
  const invocation: Omit<Invocation, 'positionals'> = {
    ...{ ...directories, option: () => undefined, all: () => [], json: false },
    ...{ target: 'local', deployment: localDeployment(directories) },
  };
  const { text, refused } = await check.run({ ...invocation, positionals: [path] });
  return { lines: text.split('\n').map(line => line.replaceAll(`${folder}/`, '')), refused };
}

describe('antei check on trained models', () => {
  test('passes those that fit', async () => {
    const { lines, refused } = await checked(specOf(...LATE, 'trained/late.onnx'), 'late');
    expect(lines).toEqual([expect.stringContaining('✓')]);
    expect(refused).toBe(false);
  });

  test('names those that are no models, or do not fit', async () => {
    const files = ['truncated', 'matrix', 'maps', 'late'];
    const { lines, refused } = await checked(
      specOf(...LATE, ...files.map(file => `trained/${file}.onnx`)),
      ...files,
    );
    expect(refused).toBe(true);
    // Probabilities in maps are read, too.
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('parcels.yaml:16: candidates.0.file: These 522 bytes are no ONNX model');
    expect(lines[1]).toContain(
      'parcels.yaml:17: candidates.1.file: The model\'s inputs do not fit the features: input "X" of type float32 cannot take "hub"',
    );
    expect(lines[1]).toContain('"distance" (number), "hub" (category), "region" (category)');
  });

  test('names what a regression cannot read', async () => {
    const spec = specOf('regression', 'parcels.hours', 'trained/hours.onnx', 'trained/late.onnx');
    const { lines } = await checked(spec, 'hours', 'late');
    expect(lines).toEqual([
      expect.stringContaining(
        'candidates.1.file: The model\'s outputs do not fit the task: output "probabilities" must have 1 values',
      ),
    ]);
  });

  test('misses a file, also one that a link leads out of the folder', async () => {
    const folder = temporaryDirectory();
    const path = join(folder, 'parcels.yaml');
    writeFileSync(path, specOf(...LATE, 'late.onnx'));
    const missing = [`${path}:16: candidates.0.file: there is no file "late.onnx" in the folder of the spec`];
    expect(await problemsOf(path)).toEqual(missing);
    symlinkSync(fixture('late'), join(folder, 'late.onnx'));
    expect(await problemsOf(path)).toEqual(missing);
    rmSync(join(folder, 'late.onnx'));
    copyFileSync(fixture('late'), join(folder, 'late.onnx'));
    expect(await problemsOf(path)).toEqual([]);
    // A folder in its place is no file.
    rmSync(join(folder, 'late.onnx'));
    mkdirSync(join(folder, 'late.onnx'));
    expect(await problemsOf(path)).toEqual(missing);
  });
});
