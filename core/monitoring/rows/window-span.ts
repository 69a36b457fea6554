import { acceptedPartSchema } from '../../data/accepted-parts.ts';
import { exampleTime } from '../../data/features/tabular-section.ts';
import { addDuration } from '../../spec/duration.ts';
import { durationOf, type TabularSpec } from '../../spec/schema.ts';
import { dataKeys, parseAcceptedKey } from '../../storage/layout.ts';
import { ObjectNotFoundError } from '../../telemetry/errors.ts';
import type { MeasurementRequest } from '../measure-window.ts';
import type { Range } from '../window.ts';

type Request = Pick<MeasurementRequest<TabularSpec>, 'data' | 'spec' | 'time' | 'key' | 'range'>;

/**
 * The time that is measured: the range that was asked for, that of a part of the base table, or the last `monitoring.every` before the moment.
 * @returns undefined for a part that has no rows of the base table with a time.
 * @throws ObjectNotFoundError when the part of the key is not there.
 */
export async function spanFor(request: Request): Promise<Range | undefined> {
  const { data, spec, key, range } = request;
  if (range !== undefined) return range;
  if (key === undefined) return periodBefore(request);
  const address = parseAcceptedKey(key);
  if (address === undefined || address.table !== spec.examples.base) return undefined;
  const infoKey = dataKeys.acceptedPartInfo(spec.name, address.table, address.part);
  const info = await data.get(infoKey);
  if (info === undefined) throw new ObjectNotFoundError(data.url, infoKey);
  const { timeRange } = acceptedPartSchema.parse(JSON.parse(info.body.toString()));
  // The last row is in the part: half open means that the range ends just after it.
  return timeRange === null || exampleTime(spec) === undefined
    ? undefined
    : { from: new Date(timeRange.from), to: new Date(Date.parse(timeRange.to) + 1) };
}

/** The last `monitoring.every` before the moment of a request. */
export function periodBefore({ spec, time }: Pick<Request, 'spec' | 'time'>): Range {
  const to = new Date(time);
  return { from: addDuration(to, durationOf(spec.monitoring.every), -1), to };
}
