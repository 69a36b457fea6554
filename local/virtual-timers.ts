interface Timer {
  readonly due: Date;
  readonly wake: () => void;
  /** Whether the clock may be moved only for this. */
  readonly moves: boolean;
}

/** Who waits for a moment of the virtual clock. */
export class VirtualTimers {
  readonly #timers = new Set<Timer>();

  /**
   * Calls `wake` when the clock has come to `due`.
   * @returns What takes that back.
   */
  at(due: Date, wake: () => void, { moves }: Pick<Timer, 'moves'>): () => void {
    const timer = { due, wake, moves };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** The first moment that someone waits for. */
  next(): Date | undefined {
    return earliest([...this.#timers]);
  }

  /** The first moment for which the clock may be moved without being asked. */
  nextMove(): Date | undefined {
    return earliest([...this.#timers].filter(({ moves }) => moves));
  }

  /** Wakes all who wait for `now` or an earlier moment, in the order of their moments. */
  fire(now: Date): void {
    const due = [...this.#timers].filter(timer => timer.due <= now);
    for (const timer of due.sort((a, b) => a.due.getTime() - b.due.getTime())) {
      this.#timers.delete(timer);
      timer.wake();
    }
  }
}

const earliest = (timers: readonly Timer[]): Date | undefined =>
  timers.map(({ due }) => due).sort((a, b) => a.getTime() - b.getTime())[0];
