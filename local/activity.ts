/** Counts what is under way, so that the clock moves only when nothing is. */
export class Activity {
  #busy = 0;
  #failure: { readonly error: unknown } | undefined;
  #change = Promise.withResolvers<void>();

  /** Whether something is under way that needs no passing of time. Throws what a part of the cloud failed with. */
  get busy(): boolean {
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#busy > 0;
  }

  enter(): void {
    this.#busy++;
  }

  leave(): void {
    this.#busy--;
    this.notify();
  }

  /** The cloud itself (not what it runs) is broken: whoever waits shall hear of it. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.notify();
  }

  notify(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }

  /** Resolves when something ended, or more is to be done. */
  changed(): Promise<void> {
    return this.#change.promise;
  }
}
