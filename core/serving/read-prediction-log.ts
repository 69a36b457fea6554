import { gunzipSync } from 'node:zlib';
import { dataKeys, parsePredictionLogKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { entryIdentity, type PredictionLogEntry, predictionLogSchema } from './prediction-log.ts';

/** Lines come into objects by the hour at which they were delivered, which is that of the answer or a later one. */
const LATEST_DELIVERY = 2 * 3_600_000;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Largest object after decompression, in bytes: Firehose writes at most 128 MB at a time. */
const LARGEST_OBJECT = 512 * 1024 ** 2;

/** The entries of a period; those of one object in its order, objects in the order of their hours. */
export interface PredictionLog extends AsyncIterable<PredictionLogEntry> {
  /** Lines so far that are no entries. */
  readonly unreadable: number;
  /** Entries so far that were there already: the log is delivered at least once. */
  readonly repeated: number;
}

/**
 * Reads what the endpoint of a model answered from `from` (inclusive) to `to` (exclusive), each entry once, however
 * often it was delivered.
 * @param o.data The data bucket.
 */
export function readPredictionLog(o: {
  readonly data: ObjectStore;
  readonly model: string;
  readonly from: Date;
  readonly to: Date;
}): PredictionLog {
  const counts = { unreadable: 0, repeated: 0 };
  return {
    get unreadable() {
      return counts.unreadable;
    },
    get repeated() {
      return counts.repeated;
    },
    async *[Symbol.asyncIterator]() {
      Object.assign(counts, { unreadable: 0, repeated: 0 });
      const seen = new Set<string>();
      for await (const line of linesOf(o)) {
        const entry = parse(line);
        if (entry === undefined) {
          counts.unreadable++;
          continue;
        }
        const time = new Date(entry.time);
        if (entry.model !== o.model || time < o.from || time >= o.to) continue;
        const identity = entryIdentity(entry);
        if (seen.has(identity)) counts.repeated++;
        else yield entry;
        seen.add(identity);
      }
    },
  };
}

async function* linesOf(o: Parameters<typeof readPredictionLog>[0]): AsyncIterable<string> {
  const last = o.to.getTime() + LATEST_DELIVERY;
  const firstDay = Math.floor(o.from.getTime() / DAY) * DAY;
  for (let day = firstDay; day < last; day += DAY) {
    const folder = dataKeys.predictionLogDay(o.model, new Date(day).toISOString());
    for await (const { key } of o.data.list(folder)) {
      const hour = Date.parse(parsePredictionLogKey(key) ?? '');
      if (hour + HOUR <= o.from.getTime() || hour >= last || Number.isNaN(hour)) continue;
      const object = await o.data.get(key);
      if (object !== undefined)
        yield* textOf(object.body)
          .split('\n')
          .filter(line => line !== '');
    }
  }
}

/** Whether bytes are compressed they say themselves, whatever the object is called. */
const textOf = (body: Buffer): string =>
  (body[0] === 0x1f && body[1] === 0x8b
    ? gunzipSync(body, { maxOutputLength: LARGEST_OBJECT })
    : body
  ).toString();

function parse(line: string): PredictionLogEntry | undefined {
  try {
    return predictionLogSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
