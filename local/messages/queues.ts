import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricStore } from '../monitoring/metric-store.ts';
import { writeAtomically } from '../state/atomic-file.ts';
import type { Delivery } from '../state/deliveries.ts';
import type { Resources } from '../template/resources.ts';

/** The template's queues: each message is a file. Nothing consumes them, so they serve as dead letters. */
export class Queues {
  readonly #directory: string;
  readonly #metrics: MetricStore;
  readonly #names: ReadonlyMap<string, string>;

  constructor(resources: Resources, directory: string, metrics: MetricStore) {
    this.#directory = directory;
    this.#metrics = metrics;
    this.#names = new Map(resources.of('AWS::SQS::Queue').map(({ arn, name }) => [arn, name]));
  }

  has(arn: string): boolean {
    return this.#names.has(arn);
  }

  async send({ id, target, input, time }: Delivery): Promise<void> {
    const name = this.#names.get(target);
    if (name === undefined) throw new Error(`There is no queue ${target}`);
    const message = { id, time, body: input };
    const directory = join(this.#directory, name);
    await writeAtomically(join(directory, `${id}.json`), `${JSON.stringify(message, null, 2)}\n`);
    // As long as SQS would tell the depth of a queue in use, somebody looks at this one: a point per message will do.
    const depth = (await readdir(directory)).filter(file => file.endsWith('.json')).length;
    this.#metrics.add([
      {
        ...{ namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible', unit: 'Count' },
        ...{ dimensions: { QueueName: name }, time: Date.parse(time), values: [depth] },
      },
    ]);
  }
}
