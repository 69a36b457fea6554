import { readProduction } from '../../registry/production.ts';
import type { Standing } from '../../registry/standing.ts';
import { loadVersion } from '../../registry/versions.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { forecastingVersion } from './forecasting-version.ts';
import { Refreshed } from './refreshed.ts';
import { RefusedRequest } from './refusal.ts';
import type { ServedVersion } from './served-version.ts';
import { tabularVersion } from './tabular-version.ts';

/**
 * A changed pointer is effective within ten seconds and what it takes to load a version: a rollback is promised to be in
 * fifteen.
 */
const FRESHNESS = { stale: 5_000, expired: 10_000 };

/** What stands in production, ready to answer. */
export interface Deployment {
  readonly champion: ServedVersion;
  readonly trial: Trial | undefined;
}

interface Trial {
  readonly challenger: ServedVersion;
  readonly mode: 'canary' | 'shadow';
  readonly percent: number;
}

export interface EndpointProps {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  /** Name of the model. */
  readonly model: string;
  /** Told of faults that no caller notices. */
  readonly report: (error: unknown) => void;
}

/** The endpoint of a model: knows what stands in production, and keeps its versions ready. */
export class Endpoint {
  readonly model: string;
  readonly #props: EndpointProps;
  readonly #deployment: Refreshed<Deployment>;
  /** Versions that stand in production; a version never changes. */
  #ready = new Map<number, ServedVersion>();
  /** Versions that no longer do; a request that began before may still be with them. */
  #left: readonly ServedVersion[] = [];
  #now = new Date(0);

  constructor(props: EndpointProps) {
    this.#props = props;
    this.model = props.model;
    this.#deployment = new Refreshed(FRESHNESS, () => this.#deploy());
  }

  /**
   * What stands in production at a moment, or did at most ten seconds before it.
   * @throws RefusedRequest when nothing does.
   */
  deployed(now: Date): Promise<Deployment> {
    this.#now = now;
    return this.#deployment.get(now);
  }

  async #deploy(): Promise<Deployment> {
    const production = await readProduction(this.#props.models, this.model);
    if (production === undefined) {
      throw new RefusedRequest(503, `No version of ${this.model} is in production yet.`);
    }
    const champion = await this.#champion(production);
    const trial = await this.#trial(production);
    const kept = [champion, ...(trial === undefined ? [] : [trial.challenger])];
    const before = this.#left;
    this.#left = [...this.#ready.values()].filter(one => !kept.includes(one));
    this.#ready = new Map(kept.map(one => [one.record.version, one]));
    // Requests come one at a time, and only one that came later can have asked for this.
    await Promise.all(before.map(one => one[Symbol.asyncDispose]()));
    return { champion, trial };
  }

  /** A champion that is not ready, since its forecast is still being made, is represented by the one before. */
  async #champion({ champion, previous }: Standing): Promise<ServedVersion> {
    try {
      return await this.#version(champion);
    } catch (error) {
      if (!(error instanceof RefusedRequest) || previous === null) throw error;
      return await this.#version(previous);
    }
  }

  /** A challenger that cannot be loaded is no reason to answer nothing: the champion still can. */
  async #trial({ challenger }: Standing): Promise<Trial | undefined> {
    if (challenger === null) return undefined;
    const { version, mode, percent } = challenger;
    try {
      return { challenger: await this.#version(version), mode, percent };
    } catch (error) {
      this.#props.report(error);
      return undefined;
    }
  }

  async #version(number: number): Promise<ServedVersion> {
    const known = this.#ready.get(number);
    if (known !== undefined) return known;
    const { data, models } = this.#props;
    const record = await loadVersion(models, this.model, number);
    const version =
      record.task === 'forecasting'
        ? await forecastingVersion(data, record, this.#now)
        : await tabularVersion({ data, models }, record, this.#now);
    this.#ready.set(number, version);
    return version;
  }
}
