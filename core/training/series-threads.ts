import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import {
  MessageChannel,
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { type ForecastSeries, forecastSeries, type LocalForecast } from './forecast-series.ts';
import type { FitOptions } from './forecasting-method.ts';

/** Candidates are trained side by side as well: together they use a larger machine without more threads of each. */
const MOST_THREADS = 4;

/** Half a second of work or so: less is done before another thread has started. */
const VALUES_PER_THREAD = 20_000;

/** How long a result of another thread is waited for, at least; at most five times as long as for the slowest one here. */
const PATIENCE_MS = 2_500;

/** A thread that owes results and sends none in so many waits counts as dead. One can be this process's being held up. */
const SILENT_WAITS = 2;

/** Places of the numbers that threads share: the next series that nobody has taken, and how many results were sent. */
const NEXT = 0;
const SENT = 1;

/** What a thread is asked; all of it that is large is shared, not copied. */
interface Job {
  readonly values: Float64Array;
  /** Of each series, where its values end; they begin where those of the series before it end. */
  readonly ends: readonly number[];
  readonly options: FitOptions;
  readonly control: Int32Array;
  readonly answers: MessagePort;
}

interface Answer {
  readonly index: number;
  readonly forecast: ForecastSeries;
}

/** Threads of this thread, idle between fits, by their file; undefined once one of them has died. */
const started = new Map<string, Worker[] | undefined>();

/**
 * Forecasts many series on several cores. Each series is taken by whichever thread is free, this one included, and
 * none knows of the others: results are equal to the byte whoever makes them. This thread blocks until all are made, so
 * that a fit remains a plain function. What a thread owes when it dies is made here.
 * @param thread Name of a file beside this one, without extension; it calls `serveSeries`.
 * @param here Forecasts one series, as `thread` does.
 */
export function forecastInThreads(
  thread: string,
  series: readonly Float64Array[],
  options: FitOptions,
  here: (values: Float64Array) => ForecastSeries,
): ForecastSeries[] {
  const made: (ForecastSeries | undefined)[] = new Array(series.length);
  const control = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const helpers = helpersFor(thread, series);
  const answers = helpers.length === 0 ? [] : handOut(helpers, series, options, control);

  let slowest = 0;
  for (const index of untaken(control, series.length)) {
    const begin = performance.now();
    made[index] = here(series[index] ?? new Float64Array(0));
    slowest = Math.max(slowest, performance.now() - begin);
  }
  if (!collect(answers, made, control, Math.max(PATIENCE_MS, 5 * slowest))) {
    for (const helper of helpers) void helper.terminate();
    started.set(thread, undefined);
  }
  return series.map((values, index) => made[index] ?? here(values));
}

/** Serves the forecasts of one method in a worker thread. */
export function serveSeries(forecast: LocalForecast): void {
  parentPort?.on('message', ({ values, ends, options, control, answers }: Job) => {
    for (const index of untaken(control, ends.length)) {
      const own = values.subarray(ends[index - 1] ?? 0, ends[index]);
      const answer: Answer = { index, forecast: forecastSeries(forecast, own, options) };
      answers.postMessage(answer);
      Atomics.add(control, SENT, 1);
      Atomics.notify(control, SENT);
    }
    answers.close();
  });
}

/** Series by series, each given to one thread only. */
function* untaken(control: Int32Array, count: number): Iterable<number> {
  for (;;) {
    const index = Atomics.add(control, NEXT, 1);
    if (index >= count) return;
    yield index;
  }
}

function helpersFor(thread: string, series: readonly Float64Array[]): Worker[] {
  const values = series.reduce((sum, { length }) => sum + length, 0);
  const threads = Math.min(availableParallelism(), MOST_THREADS, Math.ceil(values / VALUES_PER_THREAD));
  const known = started.has(thread) ? started.get(thread) : [];
  if (known === undefined) return [];
  while (known.length < threads - 1) known.push(start(thread));
  started.set(thread, known);
  return known.slice(0, Math.max(0, threads - 1));
}

function start(thread: string): Worker {
  // The thread's file is of the same kind as this one: a source, or bundled.
  const file = join(import.meta.dirname, thread + extname(import.meta.filename));
  // Options of the process, such as a program on the command line, are not for threads.
  const worker = new Worker(file, { execArgv: [] });
  // Its death is noticed by what it owes.
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}

function handOut(
  helpers: readonly Worker[],
  series: readonly Float64Array[],
  options: FitOptions,
  control: Int32Array,
): MessagePort[] {
  const ends: number[] = [];
  for (const { length } of series) ends.push((ends.at(-1) ?? 0) + length);
  const values = new Float64Array(new SharedArrayBuffer((ends.at(-1) ?? 0) * Float64Array.BYTES_PER_ELEMENT));
  for (const [index, own] of series.entries()) values.set(own, ends[index - 1] ?? 0);
  return helpers.map(helper => {
    const { port1, port2 } = new MessageChannel();
    helper.postMessage({ values, ends, options, control, answers: port2 }, [port2]);
    return port1;
  });
}

/** Waits for the results of other threads. Returns whether all have come. */
function collect(
  ports: readonly MessagePort[],
  made: (ForecastSeries | undefined)[],
  control: Int32Array,
  patience: number,
): boolean {
  for (let silent = 0; silent < SILENT_WAITS; ) {
    // Read before looking for results: one that is sent meanwhile ends the wait at once.
    const sent = Atomics.load(control, SENT);
    for (const port of ports) {
      for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
        const { index, forecast }: Answer = next.message;
        made[index] = forecast;
      }
    }
    if (!made.includes(undefined)) {
      for (const port of ports) port.close();
      return true;
    }
    silent = Atomics.wait(control, SENT, sent, patience) === 'timed-out' ? silent + 1 : 0;
  }
  return false;
}
