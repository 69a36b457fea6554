import { expect, test } from 'vitest';
import { consistencyProblems } from '../../../core/spec/consistency.ts';
import { specSchema } from '../../../core/spec/schema.ts';

const problemsOf = (by: string[], time: string) =>
  consistencyProblems(
    specSchema.parse({
      ...{ name: 'sales', task: 'forecasting', horizon: 1 },
      tables: {
        sales: {
          columns: {
            [time]: { type: 'date' },
            ...Object.fromEntries(by.map(name => [name, { type: 'string' }])),
          },
        },
      },
      series: { table: 'sales', by, time, every: '1 day', value: 'count(*)' },
    }),
  );

test('a series has no column with the name of a column that forecasts add', () => {
  const because = (name: string) =>
    `"${name}" is the name of a column that forecasts add (forecast, lower_80, upper_80, lower_95, upper_95, reason); rename it in the table`;
  expect(problemsOf(['shop'], 'day')).toEqual([]);
  expect(problemsOf(['shop', 'Forecast'], 'reason')).toEqual([
    { path: ['series', 'by', 1], message: because('Forecast') },
    { path: ['series', 'time'], message: because('reason') },
  ]);
});
