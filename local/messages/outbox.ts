import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { sortableTime } from '../../core/storage/layout.ts';
import { writeAtomically } from '../state/atomic-file.ts';

const messageSchema = z.strictObject({
  id: z.string(),
  topic: z.string(),
  subject: z.string(),
  message: z.string(),
  /** Virtual time. */
  time: z.iso.datetime(),
  /** Who would have got it. */
  endpoints: z.array(z.strictObject({ protocol: z.string(), endpoint: z.string() })),
});

export type Message = z.output<typeof messageSchema>;

/** Messages as files that a person can open; nothing leaves the machine. */
export class Outbox {
  readonly #directory: string;
  readonly #messages: Map<string, Message>;

  private constructor(directory: string, messages: Map<string, Message>) {
    this.#directory = directory;
    this.#messages = messages;
  }

  static async open(directory: string): Promise<Outbox> {
    const names = await readdir(directory).catch(() => []);
    const messages = new Map<string, Message>();
    for (const name of names.filter(name => name.endsWith('.json')).sort()) {
      const message = messageSchema.parse(JSON.parse(await readFile(join(directory, name), 'utf8')));
      messages.set(message.id, message);
    }
    return new Outbox(directory, messages);
  }

  /** Oldest first. */
  get messages(): readonly Message[] {
    return [...this.#messages.values()];
  }

  /** The same id again replaces the message. */
  async add(message: Message): Promise<void> {
    this.#messages.set(message.id, message);
    const name = `${sortableTime(message.time)}-${message.topic.replace(/[^\w-]/g, '-')}-${message.id}.json`;
    await writeAtomically(join(this.#directory, name), `${JSON.stringify(message, null, 2)}\n`);
  }
}
