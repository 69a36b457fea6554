import { join } from 'node:path';
import { writeAtomically } from '../state/atomic-file.ts';
import type { Delivery } from '../state/deliveries.ts';
import type { Resources } from '../template/resources.ts';

/** The template's queues: each message is a file. Nothing consumes them, so they serve as dead letters. */
export class Queues {
  readonly #directory: string;
  readonly #names: ReadonlyMap<string, string>;

  constructor(resources: Resources, directory: string) {
    this.#directory = directory;
    this.#names = new Map(resources.of('AWS::SQS::Queue').map(({ arn, name }) => [arn, name]));
  }

  has(arn: string): boolean {
    return this.#names.has(arn);
  }

  async send({ id, target, input, time }: Delivery): Promise<void> {
    const name = this.#names.get(target);
    if (name === undefined) throw new Error(`There is no queue ${target}`);
    const message = { id, time, body: input };
    await writeAtomically(join(this.#directory, name, `${id}.json`), `${JSON.stringify(message, null, 2)}\n`);
  }
}
