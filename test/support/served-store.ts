import { S3Client } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { S3Store } from '../../core/storage/s3.ts';
import { S3Server } from './s3-server.ts';

/** An empty bucket of a server that is gone when the test is done. */
export async function openServed(): Promise<{ readonly store: S3Store; readonly server: S3Server }> {
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
