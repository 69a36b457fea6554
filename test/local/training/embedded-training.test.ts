import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { EmbeddedCloud } from '../../../local/embedded-cloud.ts';
import { programOf } from '../../../local/training/programs.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { stateMachine, writeAssembly } from '../support/written-assembly.ts';

const TIME = new Date('2001-06-01T00:00:00Z');

/** A machine that runs a training job for each upload, and notes how it ended in its output. */
function cloudWith(source: string, changes: Record<string, unknown> = {}) {
  const directory = temporaryDirectory();
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'train.mjs'), source);
  const program = programOf('m', folder, ['node', 'train.mjs']);
  const machine = stateMachine({
    StartAt: 'Train',
    States: {
      Train: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
        Parameters: {
          TrainingJobName: 'antei-m-1',
          RoleArn: 'r',
          AlgorithmSpecification: {
            TrainingImage: program.image,
            TrainingInputMode: 'File',
            ContainerEntrypoint: program.command,
          },
          Environment: { SM_MODEL_DIR: '/opt/ml/model' },
          InputDataConfig: [
            {
              ChannelName: 'train',
              DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://stack-bucket/in/' } },
            },
          ],
          OutputDataConfig: { S3OutputPath: 's3://stack-bucket/out/' },
          ResourceConfig: {},
          StoppingCondition: { MaxRuntimeInSeconds: 3600 },
        },
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Failed' }],
        End: true,
        ...changes,
      },
      Failed: { Type: 'Pass', End: true },
    },
  });
  const assembly = writeAssembly(directory, {
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { NotificationConfiguration: { EventBridgeConfiguration: {} } },
    },
    Machine: machine,
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.s3'], detail: { object: { key: [{ prefix: 'in/' }] } } },
        Targets: [{ Id: 't', Arn: { Ref: 'Machine' } }],
      },
    },
  });
  const start = async (): Promise<EmbeddedCloud> => {
    const cloud = await EmbeddedCloud.start({
      ...{ assembly, state: join(directory, 'state'), time: TIME, programs: [program] },
    });
    onTestFinished(() => cloud.stop());
    return cloud;
  };
  const file = join(directory, 'file');
  writeFileSync(file, 'x');
  return { start, folder, upload: (cloud: EmbeddedCloud) => cloud.upload('stack-bucket', 'in/file', file) };
}

const outputs = (cloud: EmbeddedCloud) => cloud.executions().map(({ status, output }) => [status, output]);

test('a training job of a state machine runs to its end, and fails as Step Functions tells it', async () => {
  const good = cloudWith('');
  const cloud = await good.start();
  await good.upload(cloud);
  await cloud.settle();
  expect(outputs(cloud)).toMatchObject([['SUCCEEDED', { TrainingJobStatus: 'Completed' }]]);

  const bad = cloudWith('process.exit(4)');
  const failing = await bad.start();
  await bad.upload(failing);
  await failing.settle();
  const [[status, output] = []] = outputs(failing);
  expect(status).toBe('SUCCEEDED');
  expect(output).toMatchObject({ failure: { Error: 'States.TaskFailed' } });
  expect(JSON.stringify(output)).toContain('AlgorithmError: , exit code: 4');
});

test('a job under way when the cloud stops is killed, and run again by the next one, once', async () => {
  const { start, upload, folder } = cloudWith(`
    import { appendFileSync, existsSync } from 'node:fs';
    appendFileSync('starts', 'x');
    setInterval(() => { if (existsSync('go')) process.exit(); }, 20);
  `);
  const first = await start();
  await upload(first);
  const settled = vi.fn();
  void first.settle().then(settled, settled);
  const starts = (): string =>
    existsSync(join(folder, 'starts')) ? readFileSync(join(folder, 'starts'), 'utf8') : '';
  await eventually(() => expect(starts()).toBe('x'));
  await first.stop();
  writeFileSync(join(folder, 'go'), '');
  const second = await start();
  await second.settle();
  expect(outputs(second)).toMatchObject([['SUCCEEDED', { TrainingJobStatus: 'Completed' }]]);
  expect(starts()).toBe('xx');
  const third = await start().catch(String);
  expect(third).toContain('StateDirectoryError');
});

test('.sync of anything else is refused at load', async () => {
  const { start } = cloudWith('', { Resource: 'arn:aws:states:::sagemaker:createTransformJob.sync' });
  await expect(start()).rejects.toThrow(
    /state "Train": found the Resource arn:aws:states:::sagemaker:createTransformJob\.sync; allowed: /,
  );
});
