import { existsSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { S3Store } from '../../../core/storage/s3.ts';
import { objectStoreConformance } from '../../conformance/object-store.ts';
import { S3Server } from '../../support/s3-server.ts';

async function openServed(): Promise<{ store: S3Store; server: S3Server }> {
  const server = new S3Server();
  const client = new S3Client({
    endpoint: await server.start(),
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  return { store: new S3Store('s3://bucket', client), server };
}

objectStoreConformance('S3Store', async () => (await openServed()).store);

describe('S3Store', () => {
  test('tries again when S3 reports two overlapping conditional writes', async () => {
    const { store, server } = await openServed();
    server.conflicts = 3;
    expect(await store.putIfAbsent('k', 'x')).toBe(true);
    expect(server.conflicts).toBe(0);
    server.conflicts = 100;
    await expect(store.putIfAbsent('other', 'x')).rejects.toThrow('ConditionalRequestConflict');
  });

  test('deletes its copy of a materialized object', async () => {
    const { store } = await openServed();
    await store.put('k', 'x');
    const file = await store.materialize('k');
    await file[Symbol.asyncDispose]();
    expect(existsSync(file.path)).toBe(false);
    expect((await store.get('k'))?.body.toString()).toBe('x');
  });
});
