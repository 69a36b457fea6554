import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { durationOf } from '../../../core/spec/schema.ts';
import { forecastMstl } from '../../../core/training/forecast-mstl.ts';
import { forecastSeries } from '../../../core/training/forecast-series.ts';
import { seededRandom } from '../../../core/training/seeded-random.ts';
import { forecastInThreads } from '../../../core/training/series-threads.ts';
import { methodOf } from '../../../core/training/trainers.ts';

const options = {
  ...{ season: [7], horizon: 14, seed: 1, every: durationOf('1 day') },
  hyperparameters: { transform: 'none' },
};
const SERIES = 120;
const random = seededRandom(3);
const series = Array.from({ length: SERIES }, (_, i) =>
  Float64Array.from({ length: 400 - i }, (_, day) => 50 + 10 * Math.sin((2 * Math.PI * day) / 7) + random()),
);
// One of each kind that needs help: without any value, constant, with a gap, with values missing at its end.
series[10] = new Float64Array(400).fill(Number.NaN);
series[20] = new Float64Array(400).fill(5);
series[30]?.fill(Number.NaN, 100, 110);
series[40]?.fill(Number.NaN, 350);

const alone = (values: Float64Array) => forecastSeries(forecastMstl, values, options);

describe('forecasts in threads', () => {
  test('are those of one thread, to the byte, in the order of the series', () => {
    const one = series.map(alone);
    let here = 0;
    const inThreads = forecastInThreads('mstl-thread', series, options, values => {
      here++;
      return alone(values);
    });
    expect(inThreads).toEqual(one);
    expect(inThreads.map(({ notes: [note] }) => note?.kind).filter(kind => kind !== undefined)).toEqual([
      ...['empty', 'fallback', 'filled'],
    ]);
    expect(here).toBeGreaterThan(0);
    if (availableParallelism() > 1) expect(here).toBeLessThan(SERIES);

    const reversed = forecastInThreads('mstl-thread', series.toReversed(), options, alone);
    expect(reversed).toEqual(one.toReversed());
  });

  test('are those that the trainer makes, whose notes name the series', () => {
    const start = new Date('2026-01-01T00:00:00Z');
    const given = series.map((values, i) => ({ key: [String(i)], start, values }));
    const model = methodOf('forecasting', 'mstl').fit(given, options);
    expect(model.forecast(14)).toEqual(series.map(values => alone(values).points));
    expect(model.notes.map(({ series: index, kind }) => [index, kind])).toEqual([
      ...[
        [10, 'empty'],
        [20, 'fallback'],
        [30, 'filled'],
      ],
    ]);
  });

  test('a little work is done without another thread', () => {
    let here = 0;
    forecastInThreads('no-such-thread', series.slice(0, 10), options, values => {
      here++;
      return alone(values);
    });
    expect(here).toBe(10);
  });

  test('what a thread owes that dies is made here, and no thread of the kind is asked again', () => {
    const dying = '../../test/core/training/dying-thread';
    const one = series.map(alone);
    expect(forecastInThreads(dying, series, options, alone)).toEqual(one);
    let here = 0;
    const again = forecastInThreads(dying, series, options, values => {
      here++;
      return alone(values);
    });
    expect(again).toEqual(one);
    expect(here).toBe(SERIES);
  }, 60_000);

  test('a thread that cannot even start is no error', () => {
    expect(forecastInThreads('no-such-thread', series, options, alone)).toEqual(series.map(alone));
  });
});
