import * as z from 'zod';
import { Journal } from '../state/journal.ts';

const recordSchema = z.strictObject({
  /** Of the delivery that started it. */
  id: z.string(),
  machine: z.string(),
  name: z.string(),
  status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT']),
  /** Virtual time. */
  startedAt: z.iso.datetime(),
  /** Virtual time. */
  endedAt: z.iso.datetime(),
  /** Real time that it took. */
  seconds: z.number(),
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  error: z.strictObject({ name: z.string(), cause: z.string() }).optional(),
});

export type ExecutionRecord = z.output<typeof recordSchema>;

/** All executions that have ended. */
export class ExecutionHistory {
  readonly #journal: Journal<z.input<typeof recordSchema>>;
  readonly #records: ExecutionRecord[];

  private constructor(journal: Journal<z.input<typeof recordSchema>>, records: ExecutionRecord[]) {
    this.#journal = journal;
    this.#records = records;
  }

  static async open(path: string): Promise<ExecutionHistory> {
    const { journal, entries } = await Journal.open(path, recordSchema);
    return new ExecutionHistory(journal, entries);
  }

  /** In the order in which they ended. */
  get records(): readonly ExecutionRecord[] {
    return this.#records;
  }

  has(id: string): boolean {
    return this.#records.some(record => record.id === id);
  }

  async add(record: ExecutionRecord): Promise<void> {
    this.#records.push(record);
    await this.#journal.append(record);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}
