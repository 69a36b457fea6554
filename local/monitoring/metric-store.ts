import * as z from 'zod';
import { canonicalJson } from '../../core/storage/digest.ts';
import { Journal } from '../state/journal.ts';
import type { MetricPoint } from './embedded-metric.ts';

const pointSchema = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  dimensions: z.record(z.string(), z.string()),
  time: z.number(),
  values: z.array(z.number()).readonly(),
  unit: z.string(),
});

/** Which metric is meant. A metric with other dimensions is another metric. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

const keyOf = ({ namespace, name, dimensions }: MetricId): string =>
  canonicalJson([namespace, name, dimensions]);

/** All metric points, in memory and on disk. */
export class MetricStore {
  readonly #journal: Journal<MetricPoint>;
  readonly #points = new Map<string, MetricPoint[]>();
  #written: Promise<void> = Promise.resolve();

  private constructor(journal: Journal<MetricPoint>) {
    this.#journal = journal;
  }

  static async open(path: string): Promise<MetricStore> {
    const { journal, entries } = await Journal.open(path, pointSchema);
    const store = new MetricStore(journal);
    for (const point of entries) store.#remember(point);
    return store;
  }

  /** Adds points at once; `written` tells when they are on disk. */
  add(points: readonly MetricPoint[]): void {
    for (const point of points) this.#remember(point);
    this.#written = this.#journal.append(...points);
  }

  written(): Promise<void> {
    return this.#written;
  }

  /** The points of one metric, in the order in which they came. */
  points(metric: MetricId): readonly MetricPoint[] {
    return this.#points.get(keyOf(metric)) ?? [];
  }

  /** The points of every metric of that name whose dimensions include the given ones. */
  find(name: string, dimensions: Readonly<Record<string, string>>): MetricPoint[] {
    return [...this.#points.values()]
      .flat()
      .filter(
        point =>
          point.name === name &&
          Object.entries(dimensions).every(([key, value]) => point.dimensions[key] === value),
      );
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  #remember(point: MetricPoint): void {
    const key = keyOf(point);
    const series = this.#points.get(key);
    if (series === undefined) this.#points.set(key, [point]);
    else series.push(point);
  }
}
