import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { antei } from '../support/antei.ts';
import { HOURLY_LOAD_SPEC } from '../support/hourly-load.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const specFile = (text: string): string => {
  const path = join(temporaryDirectory(), 'load.yaml');
  writeFileSync(path, text);
  return path;
};

describe('antei', () => {
  test('prints every command when asked for nothing', () => {
    const { code, stdout } = antei();
    expect(code).toBe(0);
    for (const command of [
      'check',
      'run',
      'upload',
      'predict',
      'status',
      'runs',
      'versions',
      'events',
      'demo',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}( |$)`, 'm'));
    }
  });

  test.each([
    [['nonsense'], 'There is no command "nonsense".'],
    [['run', '--speck', 'x'], "Unknown option '--speck'"],
    [['run'], '--spec is missing'],
    [
      ['upload', 'nobody', 'flights', 'x.csv'],
      'There is no model "nobody"; models here: departures, late-arrivals',
    ],
    [
      ['upload', 'departures', 'flihgts', 'x.csv'],
      'Model departures has no table "flihgts"; its tables: flights, airports',
    ],
    [['upload', 'departures', 'flights', 'nowhere.csv'], 'There is no file at nowhere.csv'],
    [['upload', 'departures', 'flights'], 'Name a table and at least one file'],
    [['status', '--state', 'no-such-state'], 'There is nothing in no-such-state yet'],
    [['runs'], 'Name a model: departures, late-arrivals'],
    [['predict', 'departures', 'nowhere.csv'], 'There is no file at nowhere.csv'],
  ])('answers wrong usage with 2 and a reason: %j', (args, reason) => {
    const { code, stdout, stderr } = antei(...args);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('run names a table that the spec does not have, and an argument of the wrong form', () => {
    const spec = specFile(HOURLY_LOAD_SPEC);
    expect(antei('run', '--spec', spec, '--table', 'lode=x.csv')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Model load has no table "lode"; its tables: load'),
    });
    expect(antei('run', '--spec', spec, '--table', 'load')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--table takes NAME=FILE, not "load"'),
    });
  });
});

describe('antei check', () => {
  test('accepts the specs of the project', () => {
    const { code, stdout } = antei('check', '--json');
    expect({ code, ...JSON.parse(stdout) }).toEqual({
      code: 0,
      specs: [
        { file: 'models/departures.yaml', problems: [] },
        { file: 'models/late-arrivals.yaml', problems: [] },
      ],
    });
  });

  test('names SQL that does not bind, with its line', () => {
    const spec = specFile(HOURLY_LOAD_SPEC.replace('avg(load)', 'avg(lode)'));
    const { code, stdout } = antei('check', spec);
    expect(code).toBe(1);
    expect(stdout).toContain(`${spec}:12: series.value: Binder Error: Referenced column "lode" not found`);
    expect(stdout).toContain('load');
  });

  test('refuses more than one statement', () => {
    const spec = specFile(
      HOURLY_LOAD_SPEC.replace('avg(load)', '"avg(load) FROM load; DROP TABLE load; SELECT (1"'),
    );
    expect(antei('check', spec).code).toBe(1);
  });

  test('says which sections another task needs, and which it does not know', () => {
    const spec = specFile(HOURLY_LOAD_SPEC.replace('task: forecasting', 'task: regression'));
    const { code, stdout } = antei('check', spec);
    expect(code).toBe(1);
    expect(stdout).toContain('examples: is missing; a mapping is needed');
    expect(stdout).toContain('series: unknown key; allowed here: name, description, ');
  });
});
