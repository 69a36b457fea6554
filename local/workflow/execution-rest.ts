import type { Activity } from '../activity.ts';
import type { Slots } from '../slots.ts';
import { TaskError } from './task-error.ts';

/** The cloud stops. What was under way goes on after the next start, so this is no outcome of a state. */
export class AbandonedError extends TaskError {
  constructor() {
    super('Embedded.Abandoned', 'The embedded cloud has stopped.', true);
  }
}

/** Arranges for `wake` to be called, and returns what takes that back. */
export type Listen = (wake: () => void) => () => void;

/**
 * Knows whether an execution works or only waits: it rests when none of its branches does anything and one at least
 * waits. Resting, it takes up no place and keeps nobody from moving the clock.
 */
export class ExecutionRest {
  readonly #slots: Slots;
  readonly #activity: Activity;
  /** What ends a sleep, by what takes its waking back. */
  readonly #sleepers = new Map<() => void, (reason: Error) => void>();
  #working = 0;
  #resting = false;
  #place: Promise<void> = Promise.resolve();
  #idle: (() => void) | undefined;
  readonly #abandoned = Promise.withResolvers<never>();

  /** The execution has a place, and counts as active. */
  constructor(slots: Slots, activity: Activity) {
    this.#slots = slots;
    this.#activity = activity;
    // Not every execution has somebody who listens.
    this.#abandoned.promise.catch(() => undefined);
  }

  /** Does work of a branch. Throws AbandonedError. */
  async working<T>(work: () => Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await Promise.race([this.#abandoned.promise, work()]);
    } finally {
      this.#stopWorking();
    }
  }

  /** Interrupts the work of a branch until it is woken. Throws AbandonedError. */
  async sleep(listen: Listen): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const cancel = listen(() => {
        if (!this.#sleepers.delete(cancel)) return;
        this.#working++;
        this.#rouse();
        resolve();
      });
      this.#sleepers.set(cancel, reject);
      this.#stopWorking();
    });
    await this.#place;
  }

  /** The execution has ended: who sleeps is forgotten, who works is waited for. Gives the place back. */
  async end(): Promise<void> {
    for (const cancel of this.#sleepers.keys()) cancel();
    this.#sleepers.clear();
    this.#rouse();
    await this.#place;
    if (this.#working > 0) await new Promise<void>(resolve => (this.#idle = resolve));
    this.#slots.give();
  }

  /** Ends all sleep and all waiting for work, and with them the interpreter's own timers, which would keep the process alive. */
  abandon(): void {
    const error = new AbandonedError();
    this.#abandoned.reject(error);
    for (const [cancel, reject] of this.#sleepers) {
      cancel();
      reject(error);
    }
    this.#sleepers.clear();
  }

  #stopWorking(): void {
    this.#working--;
    if (this.#working > 0) return;
    this.#idle?.();
    // Between two states the interpreter needs no more than the microtasks before the next turn of the event loop.
    setImmediate(() => {
      if (this.#working > 0 || this.#sleepers.size === 0 || this.#resting) return;
      this.#resting = true;
      this.#slots.give();
      this.#activity.leave();
    });
  }

  #rouse(): void {
    if (!this.#resting) return;
    this.#resting = false;
    // At once, so that nobody takes the cloud for idle before the execution goes on.
    this.#activity.enter();
    this.#place = this.#slots.take();
  }
}
