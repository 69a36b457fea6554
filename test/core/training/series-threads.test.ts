import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { durationOf } from '../../../core/spec/schema.ts';
import { forecastMstl } from '../../../core/training/forecast-mstl.ts';
import { forecastSeries } from '../../../core/training/forecast-series.ts';
import { seededRandom } from '../../../core/training/seeded-random.ts';
import { forecastInThreads } from '../../../core/training/series-threads.ts';
import { methodOf } from '../../../core/training/trainers.ts';
import { eventually } from '../../support/eventually.ts';

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

/** Whether there is a core for another thread. */
const HELPED = availableParallelism() > 1;

const alone = (values: Float64Array) => forecastSeries(forecastMstl, values, options);
const one = series.map(alone);
/** As many as are worth one more thread. */
const few = series.slice(0, 60);
const ofFew = one.slice(0, 60);

/** The forecasts, and how many of them this thread made. */
function inThreads() {
  let here = 0;
  const forecasts = forecastInThreads('mstl-thread', series, options, values => {
    here++;
    return alone(values);
  });
  return { forecasts, here };
}

describe('forecasts in threads', () => {
  test('are those of one thread, to the byte, in the order of the series', async () => {
    // Which thread makes how many is the machine's affair: one may not even have begun before all are made.
    const shared = await eventually(() => {
      const { forecasts, here } = inThreads();
      expect(forecasts).toEqual(one);
      expect(here).toBeGreaterThan(0);
      if (HELPED) expect(here).toBeLessThan(SERIES);
      return forecasts;
    });
    expect(shared.map(({ notes: [note] }) => note?.kind).filter(kind => kind !== undefined)).toEqual([
      ...['empty', 'fallback', 'filled'],
    ]);

    const reversed = forecastInThreads('mstl-thread', series.toReversed(), options, alone);
    expect(reversed).toEqual(one.toReversed());
  });

  test('are those that the trainer makes, whose notes name the series', () => {
    const start = new Date('2026-01-01T00:00:00Z');
    const given = series.map((values, i) => ({ key: [String(i)], start, values }));
    const model = methodOf('forecasting', 'mstl').fit(given, options);
    expect(model.forecast(14)).toEqual(one.map(({ points }) => points));
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

  test.runIf(HELPED)(
    'a wait in which nothing comes is no death: this process may have been held up',
    async () => {
      const wait = vi.spyOn(Atomics, 'wait').mockReturnValueOnce('timed-out');
      onTestFinished(() => wait.mockRestore());
      await eventually(() => {
        inThreads();
        expect(wait).toHaveBeenCalled();
      });
      await eventually(() => expect(inThreads().here).toBeLessThan(SERIES));
    },
  );

  test.runIf(HELPED)(
    'what a thread owes that dies is made here, and none of its kind is asked again',
    async () => {
      const [threads, dead]: [Worker[], Worker[]] = [[], []];
      const note = (thread: Worker): void => {
        threads.push(thread);
        thread.on('exit', () => dead.push(thread));
      };
      process.on('worker', note);
      onTestFinished(() => void process.off('worker', note));
      const asked = () => forecastInThreads('../../test/core/training/dying-thread', few, options, alone);
      // A thread that begins when all is made owes nothing, and does not die of it.
      await eventually(() => {
        expect(asked()).toEqual(ofFew);
        expect(dead).not.toEqual([]);
      });
      const before = threads.length;
      expect(asked()).toEqual(ofFew);
      await new Promise(resolve => setImmediate(resolve));
      expect(threads).toHaveLength(before);
    },
  );

  test('a thread that cannot even start is no error', () => {
    expect(forecastInThreads('no-such-thread', few, options, alone)).toEqual(ofFew);
  });
});
