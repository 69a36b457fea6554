import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../../core/spec/duration.ts';
import { loadArtifact } from '../../../core/training/model-artifact.ts';
import { cyclesOf } from '../../../core/training/season-of.ts';
import { accept, salesCsv, shopSpec, temporaryStores, trainAll } from '../../support/forecasting-loop.ts';

const cycles = (text: string): number[] => {
  const step = parseDuration(text);
  return step === undefined ? [] : cyclesOf(step);
};

describe('cyclesOf', () => {
  test.each<[string, number[]]>([
    ['1 minute', [60, 1440]],
    ['15 minutes', [4, 96, 672]],
    ['1 hour', [24, 168, 8760]],
    ['7 hours', [24, 1251]],
    ['1 day', [7, 365]],
    ['1 week', [52]],
    ['1 month', [12]],
    ['3 months', [4]],
    ['1 year', []],
  ])('%s', (text, expected) => {
    expect(cycles(text)).toEqual(expected);
  });
});

test('without a season in the spec, every model of a dataset works with what the data shows', async () => {
  const time = '2026-04-01T00:00:00.000Z';
  const series = { table: 'sales', by: ['shop'], time: 'day', every: '1 day', value: 'sum(sold)' };
  const seasons = async (csv: string) => {
    const [stores, spec] = [temporaryStores(), shopSpec({ series })];
    await accept(stores, spec, 'sales', csv, time);
    const { runs } = await trainAll(stores, spec, time);
    return await Promise.all(
      runs
        .filter(({ status }) => status === 'succeeded')
        .map(async ({ id, trainer }) => [
          trainer,
          (await loadArtifact(stores.models, 'sales', id)).recipe.season,
        ]),
    );
  };
  expect(await seasons(salesCsv(['a', 'b'], 0, 70))).toEqual([
    ['baseline', [7]],
    ['mstl', [7]],
  ]);
  const trend = (_shop: number, day: number): number => 100 + 2 * day;
  // Without one, mstl has nothing to decompose.
  expect(await seasons(salesCsv(['a'], 0, 70, trend))).toEqual([['baseline', []]]);
});
