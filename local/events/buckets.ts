import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { identityOf } from '../../core/storage/digest.ts';
import { FileStore } from '../../core/storage/file-store.ts';
import type { ObjectInfo } from '../../core/storage/object-store.ts';
import type { CloudEvent } from '../cloud-event.ts';
import { UnknownResourceError } from '../errors.ts';
import type { Deliveries } from '../state/deliveries.ts';
import type { Resource, Resources } from '../template/resources.ts';
import { type BusEvent, eventTime } from './event.ts';
import type { EventRules } from './rules.ts';

interface BucketsProps {
  readonly resources: Resources;
  /** Directory that holds one directory per bucket. */
  readonly directory: string;
  readonly rules: EventRules;
  readonly deliveries: Deliveries;
  readonly observe: (event: CloudEvent) => void;
  /** How long an object must have stayed as it is before it is news: somebody may still be copying it. Milliseconds. */
  readonly patience: number;
}

type Bucket = Resource<'AWS::S3::Bucket'>;

/** The emulated buckets, and the events that new objects in them cause. */
export class Buckets {
  readonly #buckets: ReadonlyMap<string, { readonly bucket: Bucket; readonly store: FileStore }>;
  readonly #props: BucketsProps;
  /** Objects that are too fresh, with the moment (of a steady clock) at which they were first seen as they are. */
  readonly #fresh = new Map<string, number>();
  #lastScan: Promise<void> = Promise.resolve();

  constructor(props: BucketsProps) {
    this.#props = props;
    this.#buckets = new Map(
      props.resources.of('AWS::S3::Bucket').map(bucket => {
        const directory = join(props.directory, bucket.name);
        mkdirSync(directory, { recursive: true });
        return [bucket.name, { bucket, store: new FileStore(pathToFileURL(directory).href) }];
      }),
    );
  }

  /** The store of a bucket. Throws UnknownResourceError. */
  store(name: string): FileStore {
    const found = this.#buckets.get(name);
    if (found === undefined) {
      const names = [...this.#buckets.keys()].join(', ');
      throw new UnknownResourceError(`There is no bucket "${name}"; the template has: ${names || 'none'}`);
    }
    return found.store;
  }

  has(name: string): boolean {
    return this.#buckets.has(name);
  }

  /**
   * Finds what was written since the last time and owes the rules their deliveries, in the order of the keys.
   * @param now The time that the events carry.
   */
  scan(now: Date): Promise<void> {
    this.#lastScan = this.#lastScan.then(() => this.#scan(now));
    return this.#lastScan;
  }

  #isFresh(cause: string): boolean {
    const { patience } = this.#props;
    if (patience === 0) return false;
    const since = this.#fresh.get(cause) ?? performance.now();
    const fresh = performance.now() - since < patience;
    if (fresh) this.#fresh.set(cause, since);
    else this.#fresh.delete(cause);
    return fresh;
  }

  async #scan(now: Date): Promise<void> {
    const { rules, deliveries, observe } = this.#props;
    for (const { bucket, store } of this.#buckets.values()) {
      if (bucket.properties.NotificationConfiguration.EventBridgeConfiguration?.EventBridgeEnabled !== true)
        continue;
      for (const prefix of rules.watchedPrefixes(bucket.name)) {
        for await (const object of store.list(prefix)) {
          const cause = identityOf([bucket.name, object.key, object.etag]);
          if (deliveries.hasSeen(cause) || this.#isFresh(cause)) continue;
          const event = objectCreated(bucket, object, cause, deliveries.seen, now);
          await deliveries.owe(rules.deliveries(event), cause);
          observe({
            kind: 'object-created',
            time: now,
            bucket: bucket.name,
            key: object.key,
            size: object.size,
          });
        }
      }
    }
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
function objectCreated(
  { name, arn, account, region }: Bucket,
  { key, size, etag }: ObjectInfo,
  id: string,
  sequence: number,
  time: Date,
): BusEvent {
  return {
    version: '0',
    id,
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account,
    time: eventTime(time),
    region,
    resources: [arn],
    detail: {
      version: '0',
      bucket: { name },
      object: { key, size, etag, sequencer: sequence.toString(16).toUpperCase().padStart(16, '0') },
      'request-id': id.toUpperCase(),
      requester: account,
      'source-ip-address': '127.0.0.1',
      reason: 'PutObject',
    },
  };
}
