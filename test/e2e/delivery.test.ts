import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { antei } from '../support/antei.ts';
import { HOURLY_LOAD_SPEC, hourlyLoadCsv } from '../support/hourly-load.ts';
import { workspace } from '../support/workspace.ts';

/**
 * The whole loop through the real command, the synthesized template and the bundled handlers, on data that is not the
 * demo's: hourly, two series, gaps. The steps build on one another, as a team's days do.
 */
const DAYS = 60;
const { directory, state, file, ask } = workspace();
const spec = join(directory, 'load.yaml');

const runArguments = (): string[] => [
  ...['run', '--spec', spec, '--time', '2026-03-02T00:30:00Z'],
  ...[
    '--table',
    `load=${file('load-january-february.csv', hourlyLoadCsv('2026-01-01T00:00:00Z', DAYS * 24))}`,
  ],
];

beforeAll(() => writeFileSync(spec, HOURLY_LOAD_SPEC));

describe('the main job on hourly data of two series with gaps', () => {
  test('run takes a file to a version in production, with forecasts', () => {
    const result = ask(...runArguments());
    expect(result).toMatchObject({
      code: 0,
      model: 'load',
      // 1,440 hours of two series; the last 24 are the test part, the 24 before them the validation part.
      dataset: { rows: { train: 2 * (DAYS - 2) * 24, validation: 48, test: 48 } },
      quarantined: [],
      failures: [],
      decision: { promoted: true, version: 1 },
    });
    expect(
      result.runs.map(({ trainer, status }: { trainer: string; status: string }) => [trainer, status]),
    ).toEqual([
      ['baseline', 'succeeded'],
      ['mstl', 'succeeded'],
    ]);
    const chosen = result.runs.find(({ id }: { id: string }) => id === result.decision.run);
    expect(chosen.trainer).toBe('mstl');
    expect(chosen.metrics.test.mase).toBeLessThan(1);
    const csv = readFileSync(result.outputs.forecast.replace(/\.parquet$/, '.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(csv[0]).toBe('region,measured_at,forecast,lower_80,upper_80,lower_95,upper_95');
    expect(csv).toHaveLength(1 + 2 * 24);
    expect(csv[1]).toMatch(/^north,2026-03-02 00:00:00,/);
  });

  test('running the same again changes nothing', () => {
    const before = ask('versions', 'load');
    expect(ask(...runArguments())).toMatchObject({ code: 0, decision: { promoted: true, version: 1 } });
    expect(ask('versions', 'load')).toEqual(before);
  });

  test('new labels are compared with the forecasts, and the next version follows', () => {
    const next = file('load-2026-03-02.csv', hourlyLoadCsv('2026-03-02T00:00:00Z', 24));
    const result = ask('upload', 'load', 'load', next, '--time', '2026-03-03T00:30:00Z');
    expect(result).toMatchObject({ code: 0, decision: { promoted: true, version: 2 } });
    expect(existsSync(result.outputs.report)).toBe(true);
    const measured = ask('events', 'load').events.filter(({ kind }: { kind: string }) => kind === 'measured');
    expect(measured).toMatchObject([
      { details: { measured: true, window: '20260302T000000.000Z--20260303T000000.000Z' } },
    ]);
    expect(ask('versions', 'load')).toMatchObject({ production: { champion: 2, previous: 1 } });
    expect(ask('status', 'load')).toMatchObject({ models: [{ model: 'load', champion: 2 }] });
    expect(ask('runs', 'load').runs).toHaveLength(4);
  });

  test('compare tells what differs between two runs', () => {
    const { runs } = ask('runs', 'load');
    const [baseline, mstl] = ['baseline', 'mstl'].map(
      name => runs.find(({ trainer }: { trainer: string }) => trainer === name).id,
    );
    const result = ask('compare', baseline, mstl);
    expect(result).toMatchObject({ code: 0, sameData: true, runs: [{ id: baseline }, { id: mstl }] });
    const differing = (part: string): string[] =>
      result[part]
        .filter(({ differs }: { differs: boolean }) => differs)
        .map(({ name }: { name: string }) => name);
    expect(differing('inputs')).toEqual(['trainer']);
    expect(differing('metrics')).toContain('validation.mase');
    expect(ask('compare', 'load/1', 'load/2')).toMatchObject({ code: 0, sameData: false });
    expect(antei('compare', baseline, 'nothing', '--state', state).code).toBe(2);
  });

  test('reproduce trains a version again to the same bytes, and names what changed where it cannot', () => {
    const result = ask('reproduce', 'load/2');
    expect(result).toMatchObject({ code: 0, model: 'load', version: 2, reproduced: true, changed: [] });
    expect(result.artifacts).toEqual([
      {
        name: 'model/model.json',
        recorded: result.artifacts[0].recorded,
        reproduced: result.artifacts[0].recorded,
      },
    ]);
    expect(result.artifacts[0].recorded).toMatch(/^[0-9a-f]{64}$/);

    // The training part of another dataset in its place: it trains, to another model.
    const [first, second] = ask('versions', 'load').versions.map(
      ({ dataset }: { dataset: string }) => dataset,
    );
    const { data } = JSON.parse(readFileSync(join(state, 'stores.json'), 'utf8'));
    const trainingPart = (id: string): string =>
      join(fileURLToPath(data), 'datasets', 'load', id, 'train.parquet');
    const original = readFileSync(trainingPart(second));
    copyFileSync(trainingPart(first), trainingPart(second));
    expect(ask('reproduce', 'load/2')).toMatchObject({
      ...{ code: 1, reproduced: false },
      changed: [{ input: 'dataset', name: `datasets/load/${second}/train.parquet` }],
      reason: expect.stringMatching(
        /^Training again gave another model: the dataset file .* has changed from /,
      ),
    });
    rmSync(trainingPart(second));
    expect(ask('reproduce', 'load/2')).toMatchObject({
      ...{ code: 1, reproduced: false, artifacts: [{ reproduced: null }] },
      reason: `It cannot be trained again: the dataset file datasets/load/${second}/train.parquet is missing.`,
    });
    writeFileSync(trainingPart(second), original);
    expect(ask('reproduce', '2')).toMatchObject({ code: 0, reproduced: true });
  });

  test('predict answers a request with the forecasts in production', () => {
    const request = file('request.csv', 'region,measured_at\nsouth,2026-03-03T05:00:00\n');
    const out = join(directory, 'answer.csv');
    const result = antei(
      'predict',
      'load',
      request,
      '--out',
      out,
      '--state',
      state,
      '--time',
      '2026-03-03T01:00:00Z',
    );
    expect(result.code, result.stderr).toBe(0);
    const [header, row] = readFileSync(out, 'utf8').split('\n');
    expect(header).toBe('region,measured_at,forecast,lower_80,upper_80,lower_95,upper_95,reason');
    expect(row).toMatch(/^south,2026-03-03T05:00:00,\d+\.\d+,/);
  });

  test('a broken file is quarantined byte for byte, and production stays', () => {
    const content = hourlyLoadCsv('2026-03-03T00:00:00Z', 60).replaceAll(/,(\d+)\.\d+\n/g, ',$10000\n');
    const broken = file('load-in-watts.csv', content);
    const result = ask('upload', 'load', 'load', broken, '--time', '2026-03-04T00:30:00Z');
    expect(result).toMatchObject({
      code: 1,
      quarantined: [{ table: 'load', file: 'load-in-watts.csv', reasons: [{ rule: 'load.max' }] }],
      decision: null,
    });
    expect(result.quarantined[0].reasons[0].rows).toBeGreaterThan(100);
    const kept = join(result.outputs.report, '..', 'load-in-watts.csv');
    expect(readFileSync(kept, 'utf8')).toBe(content);
    expect(ask('versions', 'load')).toMatchObject({ production: { champion: 2 } });
  });

  test.each([
    ['empty.csv', '', 'file.empty'],
    ['header.csv', 'measured_at,region,load\n', 'rows.min'],
    ['other.csv', 'a,b\n1,2\n', 'measured_at.column'],
    ['noise.parquet', 'this is no Parquet', 'measured_at.column'],
  ])('%s is quarantined with a named reason', (name, content, rule) => {
    const result = ask('upload', 'load', 'load', file(name, content), '--time', '2026-03-04T01:00:00Z');
    expect(result).toMatchObject({ code: 1, quarantined: [{ file: name }], failures: [] });
    expect(JSON.stringify(result.quarantined[0].reasons)).toContain(rule);
  });
});
