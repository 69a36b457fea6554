import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { ObjectNotFoundError } from '../telemetry/errors.ts';
import type { MaterializedObject, ObjectInfo, ObjectStore, StoredObject } from './object-store.ts';

/** Two conditional writes that overlap make S3 answer 409 to one of them; it asks to try again. */
const CONFLICT_ATTEMPTS = 10;

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** Objects of one S3 bucket. Conditions are S3's own `If-None-Match` and `If-Match`. */
export class S3Store implements ObjectStore {
  readonly url: string;
  readonly #bucket: string;
  readonly #client: S3Client;

  constructor(url: string, client: S3Client = new S3Client({})) {
    this.url = url;
    this.#bucket = new URL(url).hostname;
    this.#client = client;
  }

  async get(key: string): Promise<StoredObject | undefined> {
    try {
      const { Body, ETag = '' } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
      );
      return { body: Buffer.from((await Body?.transformToByteArray()) ?? []), etag: ETag };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    await this.#client.send(new PutObjectCommand(this.#object(key, body)));
  }

  putIfAbsent(key: string, body: string | Uint8Array): Promise<boolean> {
    return this.#putUnder({ ...this.#object(key, body), IfNoneMatch: '*' });
  }

  putIfMatch(key: string, body: string | Uint8Array, etag: string): Promise<boolean> {
    return this.#putUnder({ ...this.#object(key, body), IfMatch: etag });
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    try {
      const { ContentLength = 0, ETag = '' } = await this.#client.send(
        new HeadObjectCommand({ Bucket: this.#bucket, Key: key }),
      );
      return { key, size: ContentLength, etag: ETag };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    for await (const page of paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#bucket, Prefix: prefix },
    )) {
      for (const { Key, Size = 0, ETag = '' } of page.Contents ?? []) {
        if (Key !== undefined) yield { key: Key, size: Size, etag: ETag };
      }
    }
  }

  async delete(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
  }

  async materialize(key: string): Promise<MaterializedObject> {
    const path = join(tmpdir(), `antei-${randomUUID()}`);
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      if (!(Body instanceof Readable)) throw new ObjectNotFoundError(this.url, key);
      await pipeline(Body, createWriteStream(path));
    } catch (error) {
      await rm(path, { force: true });
      throw statusOf(error) === 404 ? new ObjectNotFoundError(this.url, key) : error;
    }
    return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
  }

  async putFile(key: string, path: string): Promise<void> {
    const { size } = await stat(path);
    await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: key,
        Body: createReadStream(path),
        ContentLength: size,
      }),
    );
  }

  /** With its length: the SDK finds none for an empty text, and then warns of a stream of unknown length. */
  #object(key: string, body: string | Uint8Array): PutObjectCommandInput {
    return { Bucket: this.#bucket, Key: key, Body: body, ContentLength: Buffer.byteLength(body) };
  }

  async #putUnder(input: PutObjectCommandInput): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#client.send(new PutObjectCommand(input));
        return true;
      } catch (error) {
        const status = statusOf(error);
        // If-Match on a key that is gone answers 404.
        if (status === 412 || status === 404) return false;
        if (status !== 409 || attempt === CONFLICT_ATTEMPTS) throw error;
      }
    }
  }
}
