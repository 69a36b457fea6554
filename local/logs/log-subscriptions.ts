import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { UnsupportedError } from '../errors.ts';
import type { Buckets } from '../events/buckets.ts';
import type { Resource, Resources } from '../template/resources.ts';

type Stream = Resource<'AWS::KinesisFirehose::DeliveryStream'>;

interface Subscription {
  /** Field and text that a JSON line must have. */
  readonly field: string;
  readonly text: string;
  readonly stream: Stream;
}

const record = z.record(z.string(), z.unknown());

/**
 * What functions log and a subscription filter takes into a bucket, through a delivery stream. As there, lines wait for
 * others a while: what a process that is killed had not written yet is lost.
 */
export class LogSubscriptions {
  /** By the ARN of the function. */
  readonly #subscriptions: ReadonlyMap<string, readonly Subscription[]>;
  readonly #buckets: Buckets;
  readonly #waiting = new Map<Stream, string[]>();

  /** @throws UnsupportedError for a filter whose log group, stream or bucket is not in the template. */
  constructor(resources: Resources, buckets: Buckets) {
    this.#buckets = buckets;
    const streams = resources.of('AWS::KinesisFirehose::DeliveryStream');
    const problems: string[] = [];
    for (const { place, properties } of streams) {
      const { BucketARN } = properties.ExtendedS3DestinationConfiguration;
      if (!buckets.has(bucketName(BucketARN)))
        problems.push(`${place}: writes to ${BucketARN}, a bucket that is not in the template`);
    }
    const subscriptions = new Map<string, Subscription[]>();
    for (const { place, properties } of resources.of('AWS::Logs::SubscriptionFilter')) {
      const { LogGroupName, DestinationArn, FilterPattern } = properties;
      const stream = streams.find(({ arn }) => arn === DestinationArn);
      const functions = resources
        .of('AWS::Lambda::Function')
        .filter(({ properties: { LoggingConfig } }) => LoggingConfig?.LogGroup === LogGroupName);
      const [, field, text] = /^\{ \$\.(\w+) = "([^"]*)" \}$/.exec(FilterPattern) ?? [];
      if (stream === undefined)
        problems.push(
          `${place}: found the destination ${DestinationArn}; allowed: delivery streams of the app`,
        );
      if (functions.length === 0)
        problems.push(`${place}: no function of the app writes to the log group ${LogGroupName}`);
      if (stream === undefined || field === undefined || text === undefined) continue;
      for (const { arn } of functions)
        subscriptions.set(arn, [...(subscriptions.get(arn) ?? []), { field, text, stream }]);
    }
    if (problems.length > 0) throw new UnsupportedError(problems);
    this.#subscriptions = subscriptions;
  }

  /** Takes a line that a function wrote. */
  take(functionArn: string, line: string): void {
    for (const { field, text, stream } of this.#subscriptions.get(functionArn) ?? []) {
      if (!line.startsWith('{') || fieldOf(line, field) !== text) continue;
      const waiting = this.#waiting.get(stream);
      if (waiting === undefined) this.#waiting.set(stream, [line]);
      else waiting.push(line);
    }
  }

  /**
   * Writes what waits, one object for each stream.
   * @param now Decides the folders.
   */
  async flush(now: Date): Promise<void> {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [{ name, properties }, lines] of waiting) {
      const { BucketARN, Prefix, CompressionFormat, FileExtension } =
        properties.ExtendedS3DestinationConfiguration;
      const [folder, moment] = [
        now.toISOString().slice(0, 13).replace(/[-T]/g, '/'),
        now.toISOString().slice(0, 19).replace(/[T:]/g, '-'),
      ];
      const content = Buffer.from(lines.map(line => `${line}\n`).join(''));
      await this.#buckets
        .store(bucketName(BucketARN))
        .put(
          `${Prefix}${folder}/${name}-1-${moment}-${randomUUID()}${FileExtension}`,
          CompressionFormat === 'GZIP' ? gzipSync(content) : content,
        );
    }
  }
}

const bucketName = (arn: string): string => arn.replace(/^arn:aws:s3:::/, '');

function fieldOf(line: string, field: string): unknown {
  try {
    return record.safeParse(JSON.parse(line)).data?.[field];
  } catch {
    return undefined;
  }
}
