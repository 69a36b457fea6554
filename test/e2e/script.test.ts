import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { HUBS_CSV, parcelsCsv } from '../support/tabular-loop.ts';
import { workspace } from '../support/workspace.ts';

/**
 * Scripts through the real command, the synthesized template and the bundled handlers. The good script brings a model
 * that was trained before; what training in Python looks like is in docs/experiments.md.
 */
const { directory, file: write, ask } = workspace();

const SPEC = `
name: parcels
task: classification
tables:
  parcels:
    time: sent
    columns:
      sent: { type: timestamp }
      number: { type: integer }
      hub: { type: string }
      distance: { type: number }
      hours: { type: number }
  hubs: { mode: replace, columns: { hub: { type: string }, region: { type: string } } }
examples:
  base: parcels
  id: [number]
  joins: [{ table: hubs, on: parcels.hub = hubs.hub }]
  features: { distance: parcels.distance, hub: parcels.hub, region: hubs.region }
  target: parcels.hours > 39
split: { by: time, validation: 10 days, test: 10 days }
candidates:
  - trainer: baseline
  - { trainer: script, command: [node, good.mjs] }
  - { trainer: script, command: [node, dies.mjs] }
  - { trainer: script, command: [no-such-program] }
`;

const GOOD = `
import { appendFileSync, copyFileSync, readFileSync } from 'node:fs';
const [header] = readFileSync(process.env.SM_CHANNEL_TRAIN + '/train.csv', 'utf8').split('\\n');
appendFileSync('starts.log', header + '\\n');
copyFileSync('late.onnx', process.env.SM_MODEL_DIR + '/model.onnx');
`;

interface Run {
  readonly id: string;
  readonly trainer: string;
  readonly status: string;
  readonly error?: string;
}

const starts = (): number => readFileSync(join(directory, 'starts.log'), 'utf8').trimEnd().split('\n').length;
const errorsOf = (runs: readonly Run[]): string[] =>
  runs.flatMap(({ error }) => (error === undefined ? [] : [error])).sort();
const run = (time: string) =>
  ask(
    ...['run', '--spec', join(directory, 'parcels.yaml'), '--time', time],
    ...['--table', `hubs=${write('hubs.csv', HUBS_CSV)}`],
    ...['--table', `parcels=${write('parcels.csv', parcelsCsv(0, 600))}`],
  );

beforeAll(() => {
  write('parcels.yaml', SPEC);
  write('good.mjs', GOOD);
  write('dies.mjs', 'console.error("no column y"); process.exit(3);');
  copyFileSync(join(import.meta.dirname, '../fixtures/onnx/late.onnx'), join(directory, 'late.onnx'));
});

describe('scripts beside other candidates', () => {
  let good: string;

  test('a good one gets into production, and what the others failed with is told', () => {
    const result = run('2026-04-01T00:00:00Z');
    expect(result).toMatchObject({ code: 0, failures: [], decision: { promoted: true, version: 1 } });
    good = result.decision.run;
    const chosen = result.runs.find(({ id }: Run) => id === good);
    expect(chosen).toMatchObject({ trainer: 'script', status: 'succeeded' });
    expect(chosen.metrics.test.auc).toBeGreaterThan(0.9);
    expect(readFileSync(join(directory, 'starts.log'), 'utf8')).toBe('distance,hub,region,target\n');
    const errors = errorsOf(result.runs);
    expect(errors).toHaveLength(2);
    expect(errors[0]).toBe('TrainingError: The script failed: no column y, exit code: 3');
    expect(errors[1]).toMatch(
      /^TrainingJobError: The training job antei-parcels-[0-9a-f]{16} ended as Failed, Failed: ClientError: no-such-program cannot be started in /,
    );
  });

  test('the same again runs nothing that has ended', () => {
    const result = run('2026-04-02T00:00:00Z');
    expect(result).toMatchObject({ code: 0, failures: [] });
    expect(starts()).toBe(1);
  });

  test('the model answers requests', () => {
    const out = join(directory, 'answer.csv');
    const request = write('request.csv', 'hub,distance\nams,3\ncdg,100\n');
    expect(ask('predict', 'parcels', request, '--out', out)).toMatchObject({ code: 0 });
    expect(readFileSync(out, 'utf8').split('\n')[1]).toMatch(/^ams,3,false,/);
  });

  test('reproduce runs the program again, and tells when it has changed', () => {
    expect(ask('reproduce', good)).toMatchObject({ code: 0, reproduced: true, changed: [] });
    expect(starts()).toBe(2);
    write('good.mjs', `${GOOD}appendFileSync(process.env.SM_MODEL_DIR + '/model.onnx', '');\n// changed\n`);
    expect(ask('reproduce', good)).toMatchObject({
      code: 0,
      reproduced: true,
      changed: [{ input: 'program', name: 'node good.mjs' }],
    });
    write('good.mjs', GOOD.replace('late.onnx', 'other.onnx'));
    const other = join(import.meta.dirname, '../fixtures/onnx/swapped.onnx');
    copyFileSync(other, join(directory, 'other.onnx'));
    expect(ask('reproduce', good)).toMatchObject({
      code: 1,
      reproduced: false,
      reason: expect.stringMatching(/: the program node good\.mjs has changed from /),
    });
  });

  test('a program that was repaired is another candidate, which is trained', () => {
    write('good.mjs', GOOD);
    write('dies.mjs', GOOD.replace('starts.log', 'repaired.log'));
    const result = run('2026-04-03T00:00:00Z');
    expect(result).toMatchObject({ code: 0, failures: [] });
    expect(errorsOf(result.runs).filter(error => error.startsWith('TrainingError'))).toEqual([]);
    expect(readFileSync(join(directory, 'repaired.log'), 'utf8')).toBe('distance,hub,region,target\n');
  });
});
