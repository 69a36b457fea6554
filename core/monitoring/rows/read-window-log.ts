import { type AnsweredEntry, isAnswered } from '../../serving/prediction-log.ts';
import { readPredictionLog } from '../../serving/read-prediction-log.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { ServingFacts } from '../monitoring-record.ts';
import type { Range } from '../window.ts';

/** What the endpoint did in a window. */
export interface WindowLog {
  /** What callers got from the version in production. */
  readonly answers: readonly AnsweredEntry[];
  /** Null where nobody asked. */
  readonly serving: ServingFacts | null;
}

/** Reads the prediction log of a window. */
export async function readWindowLog(
  data: ObjectStore,
  model: string,
  { from, to }: Range,
): Promise<WindowLog> {
  const log = readPredictionLog({ data, model, from, to });
  const answers: AnsweredEntry[] = [];
  /** Milliseconds of each request, and its status. */
  const requests = new Map<string, { readonly milliseconds: number; readonly status: number }>();
  for await (const entry of log) {
    if (entry.variant === 'shadow') continue;
    requests.set(entry.request, {
      milliseconds: entry.milliseconds,
      status: isAnswered(entry) ? 200 : entry.status,
    });
    if (isAnswered(entry) && entry.variant === 'champion') answers.push(entry);
  }
  const all = [...requests.values()];
  const latencies = Float64Array.from(all, ({ milliseconds }) => milliseconds).sort();
  const count = (from: number, to: number): number =>
    all.filter(({ status }) => status >= from && status < to).length;
  const errors = count(500, 600);
  return {
    answers,
    serving:
      all.length === 0 && log.unreadable === 0
        ? null
        : {
            ...{ requests: all.length, errors, refusals: count(400, 500), rows: answers.length },
            ...{ unreadable: log.unreadable, repeated: log.repeated },
            availability: all.length === 0 ? null : 1 - errors / all.length,
            latency: { p50: rankOf(latencies, 0.5), p99: rankOf(latencies, 0.99) },
          },
  };
}

/** The smallest value that at least this share of the values do not exceed; null without any. */
const rankOf = (sorted: Float64Array, share: number): number | null =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
