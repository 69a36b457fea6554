import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Invocation } from '../../cli/command.ts';
import { localDeployment } from '../../cli/deployments/local-deployment.ts';
import { quarantine } from '../../cli/quarantine.ts';
import { validateUpload } from '../../core/data/upload/validate-upload.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import { openStore } from '../../core/storage/open-store.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const SPEC = `
name: shop
task: forecasting
tables:
  sales: { time: day, columns: { day: { type: date }, sold: { type: integer, max: 5 } } }
series: { table: sales, time: day, every: 1 day, value: sum(sold) }
horizon: 1
`;

/** A state with one refused file, and the invocation of a command on it. */
async function refusedFile() {
  const folder = temporaryDirectory();
  const [models, state] = [join(folder, 'models'), join(folder, 'state')];
  mkdirSync(models);
  mkdirSync(state);
  writeFileSync(join(models, 'shop.yaml'), SPEC);
  const urls = {
    data: pathToFileURL(join(folder, 'data')).href,
    models: pathToFileURL(join(folder, 'model')).href,
  };
  writeFileSync(join(state, 'stores.json'), JSON.stringify(urls));
  const data = openStore(urls.data);
  const key = 'incoming/shop/sales/monday.csv';
  await data.put(key, 'day,sold\n2026-01-05,7\n2026-01-06,3\n');
  const { sha256 } = await validateUpload({
    data,
    spec: parseSpec(SPEC, 'shop.yaml'),
    key,
    time: '2026-01-07T06:00:00Z',
  });
  const run = (...positionals: string[]) => {
    const invocation: Invocation = {
      positionals,
      option: () => undefined,
      all: () => [],
      ...{ state, models, target: 'local', deployment: localDeployment({ state, models }) },
      json: false,
    };
    return quarantine.run(invocation);
  };
  return { sha256, run };
}

describe('antei quarantine', () => {
  test('lists what was refused, and why', async () => {
    const { sha256, run } = await refusedFile();
    const { facts, text } = await run('list', 'shop');
    expect(facts).toMatchObject({
      model: 'shop',
      files: [{ id: sha256.slice(0, 12), state: 'quarantined' }],
    });
    expect(text.split('\n').at(-1)?.trim().split(/ {2,}/)).toEqual([
      sha256.slice(0, 12),
      'quarantined',
      'monday.csv',
      'sales',
      '2026-01-07 06:00',
      '2',
      'sold.max',
    ]);
  });

  test('shows one file by the beginning of its id', async () => {
    const { sha256, run } = await refusedFile();
    const { text } = await run('show', 'shop', sha256.slice(0, 6));
    expect(text).toContain(`sha256    ${sha256}`);
    expect(text).toMatch(/sold\.max {2}at most 5 {2}1 of 2 rows breaks this \(50 %\) {2}2$/m);
  });

  test.each([
    [['burn', 'shop'], 'quarantine takes list, show or release, not "burn"'],
    [['list'], 'Name a model: shop'],
    [['show', 'shop'], 'Name a file by its id: antei quarantine list shop'],
    [['show', 'shop', 'abc', 'def'], '"def" is not expected here'],
    [['release', 'shop', 'xyz'], 'Nothing in quarantine of model shop has the id "xyz"'],
  ])('%j is refused in plain words', async (positionals, message) => {
    const { run } = await refusedFile();
    await expect(async () => run(...positionals)).rejects.toThrow(message);
  });
});
