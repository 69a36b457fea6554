import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../core/storage/digest.ts';
import { antei } from '../support/antei.ts';
import { HUBS_CSV, parcelsCsv } from '../support/tabular-loop.ts';
import { workspace } from '../support/workspace.ts';

/** A model of scikit-learn through the real command, the synthesized template and the bundled handlers. */
const { directory, state, file, ask } = workspace();
const spec = join(directory, 'parcels.yaml');
const fixture = (name: string): string => join(import.meta.dirname, '..', 'fixtures', 'onnx', `${name}.onnx`);
const brought = (name: string, as: string): void => copyFileSync(fixture(name), join(directory, as));

const SPEC = `name: parcels
task: classification
tables:
  parcels:
    time: sent
    columns:
      sent: { type: timestamp, required: true }
      number: { type: integer, required: true }
      hub: { type: string, required: true }
      distance: { type: number, min: 0 }
      hours: { type: number, min: 0 }
  hubs:
    mode: replace
    columns: { hub: { type: string, required: true }, region: { type: string } }
examples:
  base: parcels
  id: number
  where: parcels.hours IS NOT NULL
  joins:
    - { table: hubs, on: parcels.hub = hubs.hub }
  features: { distance: parcels.distance, hub: parcels.hub, region: hubs.region }
  target: parcels.hours > 39
split: { by: time, validation: 10 days, test: 10 days }
candidates:
  - trainer: baseline
  - { trainer: onnx, file: late.onnx }
  - { trainer: onnx, file: broken.onnx }
  - { trainer: onnx, file: matrix.onnx }
gate: { metric: log_loss, better_than: [baseline, champion] }
`;

interface Run {
  readonly id: string;
  readonly error?: string;
  readonly hyperparameters: { readonly file?: string };
}
/** The run of a delivery that brought a file. */
function runOf({ runs }: { runs: readonly Run[] }, file: string | undefined): Run {
  const found = runs.find(({ hyperparameters }) => hyperparameters.file === file);
  if (found === undefined) throw new Error(`No run of ${file}`);
  return found;
}
const run = () =>
  ask(
    ...['run', '--spec', spec, '--time', '2026-03-02T06:00:00Z'],
    ...['--table', `hubs=${file('hubs.csv', HUBS_CSV)}`],
    ...['--table', `parcels=${file('parcels.csv', parcelsCsv(0, 600))}`],
  );

beforeAll(() => writeFileSync(spec, SPEC));

describe('a model that was trained elsewhere', () => {
  test('wins against the baseline; those that cannot be run, or do not fit the features, fail by name', () => {
    brought('late', 'late.onnx');
    brought('truncated', 'broken.onnx');
    brought('matrix', 'matrix.onnx');
    const result = run();
    expect(result).toMatchObject({ code: 0, failures: [], decision: { promoted: true, version: 1 } });
    const hash = sha256(readFileSync(fixture('late')));
    expect(result.runs).toHaveLength(4);
    expect(runOf(result, undefined)).toMatchObject({ trainer: 'baseline', status: 'succeeded' });
    expect(runOf(result, 'late.onnx')).toMatchObject({
      ...{ trainer: 'onnx', status: 'succeeded', id: result.decision.run },
      hyperparameters: { file: 'late.onnx', sha256: hash },
    });
    expect(runOf(result, 'broken.onnx').error).toMatch(
      /^ModelFormatError: These 522 bytes are no ONNX model/,
    );
    expect(runOf(result, 'matrix.onnx').error).toMatch(
      /^TrainingError: The model's inputs do not fit the features: input "X" of type float32 cannot take "hub", a category/,
    );
    const { models } = JSON.parse(readFileSync(join(state, 'stores.json'), 'utf8'));
    const artifact = join(
      fileURLToPath(models),
      'runs',
      'parcels',
      result.decision.run,
      'model',
      'model.bin',
    );
    expect(sha256(readFileSync(artifact))).toBe(hash);
    expect(readFileSync(result.outputs.card, 'utf8')).toContain('was not trained by Antei');
  });

  test('answers requests as it does in Python', () => {
    const out = join(directory, 'answer.csv');
    // The rows of the fixture whose hub is known: the others have a region that no hub has.
    const request = file('request.csv', 'hub,distance\nams,3\ncdg,50\ndub,99\nber,41.5\n');
    const result = antei(
      ...['predict', 'parcels', request, '--out', out, '--state', state, '--time', '2026-03-03T06:00:00Z'],
    );
    expect(result.code, result.stderr).toBe(0);
    const [header, ...rows] = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(header).toBe('hub,distance,prediction,probability_false,probability_true,reason');
    const expected = JSON.parse(readFileSync(join(fixture('late'), '..', 'expected.json'), 'utf8')).late;
    expect(rows.map(row => row.split(',').slice(2, 5))).toEqual(
      expected
        .slice(0, 4)
        .map(([no, yes]: [number, number]) => [
          String(yes > no),
          ...[no, yes].map(p => expect.toSatisfy((text: string) => Math.abs(Number(text) - p) < 1e-5)),
        ]),
    );
  });

  test('is reproduced from its record after the file was replaced, which makes another run', () => {
    const [before] = ask('versions', 'parcels').versions;
    brought('swapped', 'late.onnx');
    const again = run();
    const swapped = runOf(again, 'late.onnx');
    expect(swapped.error).toContain('are in another order than they are read in, which is false, true');
    expect(ask('reproduce', 'parcels/1')).toMatchObject({ code: 0, reproduced: true, changed: [] });
    expect(swapped.id).not.toBe(before.run);
  });
});
