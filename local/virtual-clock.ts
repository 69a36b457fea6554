import { join } from 'node:path';
import * as z from 'zod';
import { readJsonFile, writeAtomically } from './state/atomic-file.ts';

const schema = z.strictObject({ now: z.iso.datetime() });

/** The time in the embedded cloud. It stands still while work is done, only ever moves forward, and survives restarts. */
export class VirtualClock {
  readonly #path: string;
  #now: Date;

  private constructor(path: string, now: Date) {
    this.#path = path;
    this.#now = now;
  }

  /** Where a state keeps its clock. */
  static pathIn(state: string): string {
    return join(state, 'clock.json');
  }

  /** The clock at `start`, or where it stood when that is later. */
  static async open(path: string, start: Date): Promise<VirtualClock> {
    const saved = await readJsonFile(path, schema);
    const then = saved === undefined ? start : new Date(saved.now);
    const clock = new VirtualClock(path, then);
    if (saved === undefined || start > then) await clock.#set(start);
    return clock;
  }

  get now(): Date {
    return this.#now;
  }

  /** Moves forward to `time`; earlier times leave the clock as it is. */
  async moveTo(time: Date): Promise<void> {
    if (time > this.#now) await this.#set(time);
  }

  async #set(time: Date): Promise<void> {
    this.#now = time;
    await writeAtomically(this.#path, `${JSON.stringify({ now: time.toISOString() })}\n`);
  }
}
