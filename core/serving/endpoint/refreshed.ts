/** How old a value may get. */
export interface Freshness {
  /** From this age on it is looked at again, behind the back of whoever asks; in milliseconds. */
  readonly stale: number;
  /** Above this age nobody gets it any more: who asks waits for a new one; in milliseconds. */
  readonly expired: number;
}

/**
 * A value that is loaded again as it gets older. Of concurrent callers one loads; a failure behind the back is forgotten,
 * one that somebody waits for is theirs. A process that sleeps in between, as a Lambda does between requests, may find
 * an old load unfinished: it does not wait for it.
 */
export class Refreshed<T> {
  readonly #load: (before: T | undefined) => Promise<T>;
  readonly #freshness: Freshness;
  #value: { readonly value: T; readonly at: number } | undefined;
  #loading: { readonly promise: Promise<T>; readonly at: number } | undefined;

  constructor(freshness: Freshness, load: (before: T | undefined) => Promise<T>) {
    this.#freshness = freshness;
    this.#load = load;
  }

  async get(now: Date): Promise<T> {
    const { stale, expired } = this.#freshness;
    const time = now.getTime();
    // A clock that was put back makes nothing young.
    const age = this.#value === undefined ? Number.POSITIVE_INFINITY : Math.abs(time - this.#value.at);
    if (this.#value !== undefined && age <= expired) {
      if (age > stale) this.#start(time).catch(() => undefined);
      return this.#value.value;
    }
    return await this.#start(time);
  }

  /** A value is as old as the moment at which its loading began: what changed since may not be in it. */
  #start(time: number): Promise<T> {
    const { stale } = this.#freshness;
    if (this.#loading !== undefined && Math.abs(time - this.#loading.at) <= stale)
      return this.#loading.promise;
    const promise = this.#load(this.#value?.value)
      .then(value => {
        if (this.#value === undefined || this.#value.at <= time) this.#value = { value, at: time };
        return value;
      })
      .finally(() => {
        if (this.#loading?.promise === promise) this.#loading = undefined;
      });
    this.#loading = { promise, at: time };
    return promise;
  }
}
