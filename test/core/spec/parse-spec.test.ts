import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadSpecs, parseSpec } from '../../../core/spec/parse-spec.ts';
import { SpecError } from '../../../core/telemetry/errors.ts';

const MINIMAL = `name: sales
task: forecasting
tables:
  sales:
    columns:
      day: { type: date, required: true }
      shop: { type: string }
      amount: { type: number, min: 0 }
series:
  table: sales
  by: [shop]
  time: day
  every: 1 day
  value: sum(amount)
horizon: 7
`;

const problemsOf = (text: string): readonly string[] => {
  try {
    parseSpec(text, 'models/sales.yaml');
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
  return [];
};

const changed = (from: string, to: string): string => {
  expect(MINIMAL).toContain(from);
  return MINIMAL.replace(from, to);
};

describe('parseSpec', () => {
  test('fills in the defaults', () => {
    expect(parseSpec(MINIMAL, 'models/sales.yaml')).toMatchObject({
      stage: 'production',
      tables: { sales: { mode: 'append', on_violation: 'reject' } },
      series: { fill: 'none', season: [] },
      candidates: [{ trainer: 'baseline' }, { trainer: 'mstl' }],
      gate: { metric: 'mase', better_than: ['baseline'] },
      monitoring: { every: '1 day', performance: { metric: 'mase', max_drop: 0.5 } },
    });
  });

  test.each([
    [
      'an unknown key',
      'horizon: 7',
      'horizons: 7',
      [
        'models/sales.yaml:1: horizon: is missing; a number is needed',
        'models/sales.yaml:15: horizons: unknown key; allowed here: name, description, stage, owners, task, tables, series, horizon, split, candidates, gate, approval, rollout, monitoring',
      ],
    ],
    [
      'an unknown task',
      'task: forecasting',
      'task: clustering',
      ['models/sales.yaml:2: task: found "clustering"; allowed: forecasting, regression, classification'],
    ],
    [
      'a value of the wrong kind',
      'min: 0',
      'min: [0]',
      ['models/sales.yaml:8: tables.sales.columns.amount.min: found a list; allowed: a number or text'],
    ],
    [
      'a column that is not there',
      'by: [shop]',
      'by: [shpo]',
      [
        'models/sales.yaml:11: series.by.0: there is no column "shpo" in table sales; its columns: day, shop, amount',
      ],
    ],
    [
      'a key column named twice',
      'by: [shop]',
      'by: [shop, shop]',
      ['models/sales.yaml:11: series.by.1: "shop" stands above already'],
    ],
    [
      'a time column that is no time',
      'time: day',
      'time: amount',
      [
        'models/sales.yaml:12: series.time: "amount" is of type number; a time column is a date or a timestamp',
      ],
    ],
    [
      'a table that is not there',
      'table: sales',
      'table: sails',
      ['models/sales.yaml:10: series.table: there is no table "sails"; tables here: sales'],
    ],
    [
      'a split shorter than the horizon',
      'horizon: 7',
      'horizon: 7\nsplit: { validation: 7 days, test: 6 days }',
      [
        'models/sales.yaml:16: split.test: 6 days is shorter than the horizon of 7 × 1 day; a part must hold one whole horizon',
      ],
    ],
    [
      'a bound that does not fit the type',
      '{ type: string }',
      '{ type: string, min: 3 }',
      [
        'models/sales.yaml:7: tables.sales.columns.shop.min: applies to numbers, dates and timestamps; this column is string',
      ],
    ],
    [
      'a reference into nowhere',
      '{ type: string }',
      '{ type: string, references: shops.id }',
      [
        'models/sales.yaml:7: tables.sales.columns.shop.references: there is no table "shops"; tables here: sales',
      ],
    ],
    [
      'a name that is no key',
      'name: sales',
      'name: ../sales',
      [
        'models/sales.yaml:1: name: found "../sales"; allowed: lower-case letters, digits and -, starting with a letter, 2 to 48 long',
      ],
    ],
    [
      'an unknown trainer',
      'horizon: 7',
      'horizon: 7\ncandidates: [{ trainer: prophet }]',
      [
        'models/sales.yaml:16: candidates.0.trainer: found "prophet"; allowed: baseline, mstl, gradient-boosting',
      ],
    ],
    [
      'a random search for a trainer without numbers',
      'horizon: 7',
      `horizon: 7
candidates:
  - { trainer: mstl, random: 2, space: { transform: [none, log] } }
  - { trainer: baseline, random: 2, space: { depth: { min: 1, max: 2 } } }`,
      [
        'models/sales.yaml:17: candidates.0.space: is for numbers to draw; the trainer mstl has no numbers to tune, only "transform"; write "grid: { transform: [none, log] }"',
        'models/sales.yaml:18: candidates.1.space: is for numbers to draw; the trainer baseline has no hyperparameters',
      ],
    ],
  ])('names file, line, path, what was found and what is allowed: %s', (_, from, to, problems) => {
    expect(problemsOf(changed(from, to))).toEqual(problems);
  });

  test('lists every mistake at once', () => {
    const text = changed('every: 1 day', 'every: daily').replace('type: date,', 'type: day,');
    expect(problemsOf(text)).toHaveLength(2);
  });

  test('says where YAML itself is broken', () => {
    expect(problemsOf('name: [sales\ntask: x')[0]).toMatch(/^models\/sales\.yaml:\d: not valid YAML: /);
  });

  test.each(['', 'null', '- a\n- b', '42'])('refuses %j as a whole', text => {
    expect(problemsOf(text)[0]).toMatch(/^models\/sales\.yaml:1: (found|is missing)/);
  });
});

describe('loadSpecs', () => {
  test('reads the specs that the project ships', () => {
    expect(loadSpecs('models').map(spec => spec.name)).toContain('departures');
    expect(readFileSync('models/departures.yaml', 'utf8')).toContain('horizon: 14');
  });

  test.each([
    ['1 hour', 'Europe/Berlin', true],
    ['6 hours', 'Europe/Berlin', false],
    ['3 hours', 'Asia/Tokyo', true],
    ['1 hour', 'Asia/Kolkata', false],
    ['30 minutes', 'Asia/Kolkata', true],
    ['1 day', 'Asia/Kolkata', true],
    ['1 month', 'Europe/Berlin', true],
  ])('%s fits the clocks of %s: %s', (every, timezone, fits) => {
    const text = changed('day: { type: date, required: true }', 'day: { type: timestamp, required: true }')
      .replace('    columns:', `    read: { timezone: ${timezone} }\n    columns:`)
      .replace('every: 1 day', `every: ${every}`);
    const problem =
      `models/sales.yaml:14: series.every: ${every} does not fit the clocks of ${timezone}, which read.timezone of ` +
      'table sales names; allowed are whole days and longer, and lengths that divide every difference of these clocks ' +
      'from UTC, such as 15 minutes';
    expect(problemsOf(text)).toEqual(fits ? [] : [problem]);
  });
});
