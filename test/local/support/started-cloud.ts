import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { EmbeddedCloud } from '../../../local/embedded-cloud.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type WrittenResource, writeAssembly } from './written-assembly.ts';

/** When the clock stands at first. */
export const START = new Date('2001-06-01T00:00:00Z');

/** An embedded cloud of one stack, with the bucket `stack-bucket` where its resource is called `Bucket`. */
export async function start(resources: Readonly<Record<string, WrittenResource>>) {
  const directory = temporaryDirectory();
  const state = join(directory, 'state');
  const assembly = writeAssembly(directory, resources);
  const startAt = async (time: Date): Promise<EmbeddedCloud> => {
    const started = await EmbeddedCloud.start({ assembly, state, time });
    onTestFinished(() => started.stop());
    return started;
  };
  const cloud = await startAt(START);
  return {
    cloud,
    restart: async (time = START): Promise<EmbeddedCloud> => {
      await cloud.stop();
      return startAt(time);
    },
    /** Contents of the messages in a queue. */
    queue: (name: string): unknown[] =>
      readdirSync(join(state, 'queues', name))
        .sort()
        .map(file => JSON.parse(readFileSync(join(state, 'queues', name, file), 'utf8'))),
    upload: async (key: string, content = ''): Promise<void> => {
      const path = join(directory, 'upload');
      writeFileSync(path, content);
      await cloud.upload('stack-bucket', key, path);
      await cloud.settle();
    },
  };
}

/** Why a stack is refused. */
export const refusal = (resources: Readonly<Record<string, WrittenResource>>): Promise<unknown> =>
  start(resources).then(
    () => 'started',
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : error),
  );

/** A bucket that tells of new objects. */
export const BUCKET: WrittenResource = {
  Type: 'AWS::S3::Bucket',
  Properties: { NotificationConfiguration: { EventBridgeConfiguration: {} } },
};

/** A rule for new objects, unless it is for something else. */
export const rule = (target: unknown, pattern: unknown = { source: ['aws.s3'] }): WrittenResource => ({
  Type: 'AWS::Events::Rule',
  Properties: { EventPattern: pattern, Targets: [{ Id: 't', Arn: target }] },
});

export const arnOf = (logicalId: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [logicalId, attribute] });

/** A state that asks a function, and is the last. */
export const lambdaTask = (logicalId: string) => ({ Type: 'Task', Resource: arnOf(logicalId), End: true });
