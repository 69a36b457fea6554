import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { EmbeddedCloud } from '../../local/embedded-cloud.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { BUCKET, refusal, rule, START } from './support/started-cloud.ts';
import {
  inlineFunction,
  stateMachine,
  type WrittenResource,
  writeAssembly,
} from './support/written-assembly.ts';

test.each<[string, Record<string, WrittenResource>, string]>([
  [
    'a rule for events that never come',
    { Rule: rule('x', { source: ['aws.ec2'] }) },
    'Stack/Rule: EventPattern: found source "aws.ec2"; sent here are: aws.s3, aws.cloudwatch, aws.states',
  ],
  [
    'a rule for deletions',
    { Rule: rule('x', { source: ['aws.s3'], 'detail-type': ['Object Deleted'] }) },
    'found detail-type "Object Deleted"; sent here are: Object Created',
  ],
  [
    'an unknown pattern',
    { Rule: rule('x', { source: ['aws.s3'], detail: { a: [{ cidr: '::/0' }] } }) },
    'Stack/Rule: EventPattern: detail.a: found {"cidr":"::/0"}',
  ],
  [
    'a target outside',
    { Rule: rule('arn:aws:kinesis:::stream/x') },
    'Stack/Rule: found the target arn:aws:kinesis:::stream/x; allowed: state machines, functions, topics and queues of the app',
  ],
  [
    'a schedule that cannot be read',
    { Rule: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 week)' } } },
    'Stack/Rule: ScheduleExpression: found the schedule rate(1 week)',
  ],
  [
    'a service that states cannot call',
    {
      Machine: stateMachine({
        StartAt: 'A',
        States: { A: { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:putItem', End: true } },
      }),
    },
    'Stack/Machine: state "A": found the Resource arn:aws:states:::dynamodb:putItem; allowed: the ARN of a function of the template, arn:aws:states:::lambda:invoke',
  ],
  [
    'JSONata',
    { Machine: stateMachine({ QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Succeed' } } }) },
    'Stack/Machine: state "the definition": found the QueryLanguage "JSONata"; allowed: JSONPath',
  ],
  [
    'another bucket',
    { Function: inlineFunction('', { Environment: { Variables: { STORE: 's3://elsewhere' } } }) },
    'Stack/Function: STORE is s3://elsewhere, a bucket that is not in the template',
  ],
  [
    'code that is nowhere',
    { Function: inlineFunction('', { Code: { S3Bucket: 'b', S3Key: 'x.zip' } }) },
    'Stack/Function: found code in s3 as x.zip; allowed: a directory asset of the assembly',
  ],
  [
    'a subscription by another protocol',
    {
      Topic: {
        Type: 'AWS::SNS::Topic',
        Properties: { Subscription: [{ Protocol: 'firehose', Endpoint: 'x' }] },
      },
    },
    'Stack/Topic: found a subscription by firehose',
  ],
  [
    'a metric that is not emitted',
    {
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Namespace: 'AWS/S3',
          MetricName: '4xxErrors',
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
        },
      },
    },
    'Stack/Alarm: found the metric AWS/S3 4xxErrors, which is not emitted here',
  ],
  [
    'a resource',
    { Table: { Type: 'AWS::DynamoDB::Table' } },
    'Stack/Table: the resource type AWS::DynamoDB::Table is not supported by the embedded cloud',
  ],
])('%s: refused at start, by name', async (_, resources, message) => {
  expect(await refusal(resources)).toContain(message);
});

test('a refused start gives the state directory back', async () => {
  const directory = temporaryDirectory();
  const state = join(directory, 'state');
  const bad = writeAssembly(join(directory, 'bad'), { Table: { Type: 'AWS::DynamoDB::Table' } });
  await expect(EmbeddedCloud.start({ assembly: bad, state, time: START })).rejects.toThrow(
    'AWS::DynamoDB::Table',
  );
  const good = writeAssembly(join(directory, 'good'), { Bucket: BUCKET });
  const cloud = await EmbeddedCloud.start({ assembly: good, state, time: START });
  expect(fileURLToPath(cloud.bucketUrl('stack-bucket'))).toBe(join(state, 'buckets', 'stack-bucket'));
  await cloud.stop();
});
