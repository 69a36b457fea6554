/** Who waits for a moment of the virtual clock. */
export class VirtualTimers {
  readonly #waiting = new Set<{ readonly due: Date; readonly wake: () => void }>();

  /** Calls `wake` when the clock has come to `due`. */
  at(due: Date, wake: () => void): void {
    this.#waiting.add({ due, wake });
  }

  /** The first moment that someone waits for. */
  next(): Date | undefined {
    return [...this.#waiting].map(({ due }) => due).sort((a, b) => a.getTime() - b.getTime())[0];
  }

  /** Wakes all who wait for `now` or an earlier moment, in the order of their moments. */
  fire(now: Date): void {
    const due = [...this.#waiting].filter(timer => timer.due <= now);
    for (const timer of due.sort((a, b) => a.due.getTime() - b.due.getTime())) {
      this.#waiting.delete(timer);
      timer.wake();
    }
  }
}
