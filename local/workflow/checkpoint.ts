import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { identityOf } from '../../core/storage/digest.ts';
import { Journal } from '../state/journal.ts';

const failureSchema = z.strictObject({ name: z.string(), cause: z.string(), final: z.boolean() });

const recordSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('started'), at: z.iso.datetime() }),
  z.strictObject({ kind: z.literal('entered'), of: z.string(), at: z.iso.datetime() }),
  /** The service was called; its answer comes later, by the task's token. */
  z.strictObject({ kind: z.literal('called'), of: z.string() }),
  z.strictObject({ kind: z.literal('waiting'), of: z.string(), until: z.iso.datetime().optional() }),
  z.strictObject({
    kind: z.literal('ended'),
    of: z.string(),
    output: z.unknown().optional(),
    failure: failureSchema.optional(),
  }),
]);

type CheckpointRecord = z.output<typeof recordSchema>;
type Kind = CheckpointRecord['kind'];
type OfKind<K extends Kind> = Extract<CheckpointRecord, { kind: K }>;

/** One visit of a state: which it was, and with what. Two alike may take each other's place. */
export const visitOf = (state: string, input: unknown): string => identityOf([state, input]);

/**
 * What an execution has done so far, on disk. After a kill the interpreter runs it from the beginning again, and every
 * call that had ended answers at once with what it answered then.
 */
export class Checkpoint {
  readonly #path: string;
  readonly #journal: Journal<z.input<typeof recordSchema>>;
  readonly #earlier: CheckpointRecord[];
  #replaying: boolean;

  private constructor(
    path: string,
    journal: Journal<z.input<typeof recordSchema>>,
    earlier: CheckpointRecord[],
  ) {
    this.#path = path;
    this.#journal = journal;
    this.#earlier = earlier;
    this.#replaying = earlier.length > 0;
  }

  static async open(path: string): Promise<Checkpoint> {
    const { journal, entries } = await Journal.open(path, recordSchema);
    return new Checkpoint(path, journal, entries);
  }

  /** Whether all that happened so far had happened before. */
  get replaying(): boolean {
    return this.#replaying;
  }

  /** Takes the oldest record of that kind and visit, if it was made before and not taken yet. */
  take<K extends Kind>(kind: K, of?: string): OfKind<K> | undefined {
    const found = this.#earlier.findIndex(
      record => record.kind === kind && (of === undefined || ('of' in record && record.of === of)),
    );
    if (found === -1) {
      this.#replaying = false;
      return undefined;
    }
    const [record] = this.#earlier.splice(found, 1);
    return record !== undefined && isKind(record, kind) ? record : undefined;
  }

  add(record: CheckpointRecord): Promise<void> {
    this.#replaying = false;
    return this.#journal.append(record);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  /** Forgets everything: the execution has ended. */
  async remove(): Promise<void> {
    await this.#journal.close();
    await rm(this.#path, { force: true });
  }
}

const isKind = <K extends Kind>(record: CheckpointRecord, kind: K): record is OfKind<K> =>
  record.kind === kind;
