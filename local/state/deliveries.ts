import * as z from 'zod';
import { Journal } from './journal.ts';

const deliverySchema = z.strictObject({
  /** The same for the same cause and target, so that nothing is delivered twice. */
  id: z.string(),
  /** ARN of a state machine, function, topic or queue. */
  target: z.string(),
  /** Any JSON value. */
  input: z.unknown().optional(),
  /** Of a message to a topic. */
  subject: z.string().optional(),
  /** Of an execution, unless its id is its name. */
  name: z.string().optional(),
  /** When it was caused, virtual time. */
  time: z.iso.datetime(),
});

/** Something that is owed to a target. */
export type Delivery = z.output<typeof deliverySchema>;

const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('owed'),
    /** What was seen that caused the deliveries, if it must not cause them again. */
    cause: z.string().optional(),
    deliveries: z.array(deliverySchema),
  }),
  z.strictObject({ kind: z.literal('done'), id: z.string() }),
]);

/**
 * What is owed to targets, on disk before anything is started and until it has ended: a process that is killed owes
 * after its restart what it owed before. So everything is delivered at least once.
 */
export class Deliveries {
  readonly #journal: Journal<z.input<typeof entrySchema>>;
  readonly #causes = new Set<string>();
  readonly #known = new Set<string>();
  readonly #owed = new Map<string, Delivery>();
  readonly #started = new Set<string>();

  private constructor(journal: Journal<z.input<typeof entrySchema>>) {
    this.#journal = journal;
  }

  static async open(path: string): Promise<Deliveries> {
    const { journal, entries } = await Journal.open(path, entrySchema);
    const deliveries = new Deliveries(journal);
    for (const entry of entries) {
      if (entry.kind === 'done') deliveries.#owed.delete(entry.id);
      else deliveries.#remember(entry.deliveries, entry.cause);
    }
    return deliveries;
  }

  /** Whether something was seen already. */
  hasSeen(cause: string): boolean {
    return this.#causes.has(cause);
  }

  /** How many causes were seen. */
  get seen(): number {
    return this.#causes.size;
  }

  /** Owes what is new among the deliveries; together with their cause, or not at all. */
  async owe(deliveries: readonly Delivery[], cause?: string): Promise<void> {
    const fresh = deliveries.filter(({ id }) => !this.#known.has(id));
    if (fresh.length === 0 && (cause === undefined || this.#causes.has(cause))) return;
    this.#remember(fresh, cause);
    await this.#journal.append({
      kind: 'owed',
      deliveries: fresh,
      ...(cause === undefined ? {} : { cause }),
    });
  }

  /** The next one that is owed and not under way, oldest first. */
  start(): Delivery | undefined {
    for (const delivery of this.#owed.values()) {
      if (this.#started.has(delivery.id)) continue;
      this.#started.add(delivery.id);
      return delivery;
    }
    return undefined;
  }

  /** Whether a delivery is not done yet. */
  isOwed(id: string): boolean {
    return this.#owed.has(id);
  }

  /** Whether something is owed that is not under way. */
  get waiting(): boolean {
    return this.#owed.size > this.#started.size;
  }

  async done(id: string): Promise<void> {
    this.#owed.delete(id);
    this.#started.delete(id);
    await this.#journal.append({ kind: 'done', id });
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  #remember(deliveries: readonly Delivery[], cause: string | undefined): void {
    if (cause !== undefined) this.#causes.add(cause);
    for (const delivery of deliveries) {
      this.#known.add(delivery.id);
      this.#owed.set(delivery.id, delivery);
    }
  }
}
