import * as z from 'zod';
import { UnknownResourceError } from '../errors.ts';
import { Journal } from '../state/journal.ts';

export const tokenAnswerSchema = z.union([
  z.strictObject({ output: z.unknown() }),
  z.strictObject({ error: z.string(), cause: z.string() }),
]);

/** What whoever holds a token says of the task. */
export type TokenAnswer = z.output<typeof tokenAnswerSchema>;

const waitingSchema = z.strictObject({
  token: z.string(),
  machine: z.string(),
  execution: z.string(),
  state: z.string(),
  /** Virtual time. */
  since: z.iso.datetime(),
});

/** A state that waits for an answer from outside. */
export type WaitingTask = z.output<typeof waitingSchema>;

const recordSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('issued'), ...waitingSchema.shape }),
  z.strictObject({ kind: z.literal('answered'), token: z.string(), answer: tokenAnswerSchema }),
  z.strictObject({ kind: z.literal('withdrawn'), token: z.string() }),
]);

/** The task tokens that are out, and the answers to them, on disk: an answer may come while the execution does not run. */
export class TaskTokens {
  readonly #journal: Journal<z.input<typeof recordSchema>>;
  readonly #waiting = new Map<string, WaitingTask>();
  readonly #answers = new Map<string, TokenAnswer>();
  readonly #listeners = new Map<string, () => void>();

  private constructor(journal: Journal<z.input<typeof recordSchema>>) {
    this.#journal = journal;
  }

  static async open(path: string): Promise<TaskTokens> {
    const { journal, entries } = await Journal.open(path, recordSchema);
    const tokens = new TaskTokens(journal);
    for (const entry of entries) tokens.#apply(entry);
    return tokens;
  }

  /** Tasks without an answer, the oldest first. */
  get waiting(): WaitingTask[] {
    return [...this.#waiting.values()].filter(({ token }) => !this.#answers.has(token));
  }

  /** Puts a token out, once. */
  async issue(task: WaitingTask): Promise<void> {
    if (!this.#waiting.has(task.token)) await this.#write({ kind: 'issued', ...task });
  }

  /** @throws UnknownResourceError when no task waits under that token. */
  async answer(token: string, answer: TokenAnswer): Promise<void> {
    if (!this.#waiting.has(token) || this.#answers.has(token)) {
      throw new UnknownResourceError(
        `No task waits under the token ${token}: it was answered already, its time is over, or it never was.`,
      );
    }
    await this.#write({ kind: 'answered', token, answer });
    this.#listeners.get(token)?.();
  }

  answerTo(token: string): TokenAnswer | undefined {
    return this.#answers.get(token);
  }

  /** Calls `wake` when the answer comes. */
  onAnswer(token: string, wake: () => void): void {
    this.#listeners.set(token, wake);
  }

  /** The task does not wait any more. */
  async withdraw(token: string): Promise<void> {
    this.#listeners.delete(token);
    if (this.#waiting.has(token)) await this.#write({ kind: 'withdrawn', token });
  }

  /** Withdraws all tokens of an execution that has ended. */
  async withdrawAll(machine: string, execution: string): Promise<void> {
    for (const task of this.#waiting.values()) {
      if (task.machine === machine && task.execution === execution) await this.withdraw(task.token);
    }
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  async #write(record: z.output<typeof recordSchema>): Promise<void> {
    this.#apply(record);
    await this.#journal.append(record);
  }

  #apply(record: z.output<typeof recordSchema>): void {
    switch (record.kind) {
      case 'issued': {
        const { kind: _, ...task } = record;
        this.#waiting.set(task.token, task);
        break;
      }
      case 'answered':
        this.#answers.set(record.token, record.answer);
        break;
      case 'withdrawn':
        this.#waiting.delete(record.token);
        this.#answers.delete(record.token);
    }
  }
}
