import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hourlyTemperatures, orders, shops } from '../core/init/samples.ts';
import { antei } from '../support/antei.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

function workplace(): { models: string; file: (name: string, content: string) => string } {
  const folder = temporaryDirectory();
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  return { models: join(folder, 'models'), file };
}

describe('antei init', () => {
  test('writes a spec that check accepts, and says what it inferred', () => {
    const { models, file } = workplace();
    const samples = [file('orders.csv', orders()), file('shops.csv', shops())];
    const { code, stdout, stderr } = antei('init', 'demand', '--from', ...samples, '--models', models);
    const spec = join(models, 'demand.yaml');
    expect(stderr).toBe('');
    expect(stdout).toBe(`Wrote ${spec}
Tables
  table   rows  columns  mode     time        key
  orders  2400        5  append   ordered_at  order_id
  shops   5           3  replace              shop
References
  orders.shop → shops.shop
Forecast
  count(*) of orders, every 1 day, by shop
  season 7, horizon 14, from 70 steps of history
Next
  read and correct ${spec}
  antei check ${spec}
  antei run --spec ${spec} --table orders=${samples[0]} --table shops=${samples[1]}
`);
    expect(code).toBe(0);
    expect(antei('check', '--models', models)).toMatchObject({ code: 0, stdout: `✓ ${spec}\n` });
  });

  test('prints the same as one JSON document', () => {
    const { models, file } = workplace();
    const sample = file('temperatures.csv', hourlyTemperatures());
    const { code, stdout } = antei('init', 'weather', '--from', sample, '--models', models, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      model: 'weather',
      spec: join(models, 'weather.yaml'),
      tables: [
        {
          table: 'temperatures',
          file: 'temperatures.csv',
          wholeFile: true,
          mode: 'append',
          time: 'time',
          key: ['station', 'time'],
          columns: { time: 'timestamp', station: 'string', temperature: 'number' },
          leftOut: [],
        },
      ],
      references: [],
      series: {
        table: 'temperatures',
        by: ['station'],
        every: '1 hour',
        value: 'avg(temperature)',
        season: [24],
      },
      seasons: [{ lag: 24 }],
      horizon: 24,
      split: { by: 'time', validation: '4 days', test: '4 days' },
    });
  });

  test('for a target writes a spec that check accepts and run learns from', () => {
    const { models, file } = workplace();
    const samples = [file('orders.csv', orders()), file('shops.csv', shops())];
    const { code, stdout } = antei(
      ...['init', 'basket', '--from', ...samples, '--predict', 'quantity', '--models', models],
    );
    expect(code).toBe(0);
    const spec = join(models, 'basket.yaml');
    expect(stdout).toContain(`Prediction
  orders.quantity: regression, 9 different whole numbers
  from hour, weekday, shop, channel
`);
    expect(antei('check', '--models', models)).toMatchObject({ code: 0, stdout: `✓ ${spec}\n` });
    const tables = [`orders=${samples[0]}`, `shops=${samples[1]}`].flatMap(table => ['--table', table]);
    const ran = antei('run', '--spec', spec, ...tables, '--state', join(models, '..', 'state'), '--json');
    const facts = JSON.parse(ran.stdout);
    expect(facts.runs.map((one: { trainer: string; status: string }) => [one.trainer, one.status])).toEqual([
      ['baseline', 'succeeded'],
      ['gradient-boosting', 'succeeded'],
    ]);
    expect(facts.decision.reason).toContain('RMSE');
  });

  test('leaves a spec alone that is there already', () => {
    const { models, file } = workplace();
    const sample = file('shops.csv', shops());
    mkdirSync(models);
    writeFileSync(join(models, 'demand.yaml'), 'mine');
    const { code, stdout, stderr } = antei('init', 'demand', '--from', sample, '--models', models);
    expect(stderr).toContain(
      `${join(models, 'demand.yaml')} is there already; remove it, or choose another name`,
    );
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(readFileSync(join(models, 'demand.yaml'), 'utf8')).toBe('mine');
  });

  test('refuses samples without a time with 1, and writes nothing', () => {
    const { models, file } = workplace();
    const { code, stderr } = antei(
      'init',
      'demand',
      '--from',
      file('shops.csv', shops()),
      '--models',
      models,
    );
    expect(stderr).toContain('No file has a time column, and a forecast needs one.');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
    expect(existsSync(models)).toBe(false);
  });

  test.each([
    [['init'], '--from is missing: name a sample file for each table'],
    [['init', 'demand'], '--from is missing: name a sample file for each table'],
    [['init', '--from', 'package.json'], 'Name the model: antei init NAME --from FILE…'],
    [
      ['init', 'My Model', '--from', 'package.json'],
      '"My Model" cannot name a model; allowed: lower-case letters, digits and -, starting with a letter, 2 to 48 long',
    ],
    [['init', 'demand', '--from', 'nowhere.csv'], 'There is no file nowhere.csv'],
    [['init', 'demand', '--from', 'docs'], 'docs is not a file; name the files themselves'],
  ])('answers wrong usage with 2 and a reason: %j', (args, reason) => {
    const { code, stdout, stderr } = antei(...args, '--models', workplace().models);
    expect(stderr).toContain(reason);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
