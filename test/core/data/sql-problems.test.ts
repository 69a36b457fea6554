import { expect, test } from 'vitest';
import { sqlProblems } from '../../../core/data/sql-problems.ts';
import type { ForecastingSpec } from '../../../core/spec/schema.ts';
import { salesSpec } from './dataset/fixture.ts';

const problems = async (series: Partial<ForecastingSpec['series']>): Promise<string[]> =>
  (await sqlProblems(salesSpec(series))).map(({ path, message }) => `${path.join('.')}: ${message}`);

test.each<[Partial<ForecastingSpec['series']>]>([
  [{ value: 'count(*) -- rows' }],
  [{ value: 'sum(amount) FILTER (WHERE amount > 0) / nullif(count(DISTINCT shop), 0)', by: [] }],
  [{ value: 'quantile_cont(amount, 0.9)', where: "shop <> 'x' AND amount IS NOT NULL" }],
])('sound: %j', async series => {
  expect(await problems(series)).toEqual([]);
});

const CHANGES = 'it must give the same series from the same rows';

test.each<[Partial<ForecastingSpec['series']>, string[]]>([
  [
    { value: 'sum(amount) * random()', where: '"at" < now()' },
    [
      `series.value: "sum(amount) * random()" contains random(), whose value changes from query to query; ${CHANGES}`,
      `series.where: ""at" < now()" contains now(), whose value changes from query to query; ${CHANGES}`,
    ],
  ],
  [
    { where: 'age("at") < INTERVAL \'1 year\' OR "at" < current_date' },
    [
      'series.where: "age("at") < INTERVAL \'1 year\' OR "at" < current_date" contains current_date, which changes ' +
        `with the clock, and age() of one argument, which changes with the clock; ${CHANGES}`,
    ],
  ],
  [{ value: '(SELECT 1)' }, [`series.value: "(SELECT 1)" contains a subquery; ${CHANGES}`]],
])('refused: %j', async (series, expected) => {
  expect(await problems(series)).toEqual(expected);
});

test('a value that is no aggregate is refused with and without "by"', async () => {
  for (const by of [['shop'], []]) {
    const [problem] = await problems({ value: 'amount', by });
    expect(problem).toContain(
      'series.value: Binder Error: column "amount" must appear in the GROUP BY clause',
    );
  }
});
