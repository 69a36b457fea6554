import { expect, test } from 'vitest';
import { arnOf, BUCKET, rule, start } from './support/started-cloud.ts';
import { inlineFunction, stateMachine, type WrittenResource } from './support/written-assembly.ts';

test('an alarm sees how many messages wait in a queue', async () => {
  const depth = (threshold: number): WrittenResource => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `depth-${threshold}`,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: arnOf('Queue', 'QueueName') }],
      ...{ Statistic: 'Maximum', Period: 300, EvaluationPeriods: 1, Threshold: threshold },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    },
  });
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    Queue: { Type: 'AWS::SQS::Queue' },
    Rule: rule(arnOf('Queue')),
    Two: depth(2),
    Three: depth(3),
  });
  const states = () => cloud.alarms().map(({ name, state }) => `${name} ${state}`);
  await upload('first');
  expect(states()).toEqual(['depth-2 OK', 'depth-3 OK']);
  await upload('second');
  expect(states()).toEqual(['depth-2 ALARM', 'depth-3 OK']);
});

test('a message to a topic reaches functions and queues, and stays in the outbox for people', async () => {
  const { cloud, queue, upload } = await start({
    Bucket: BUCKET,
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: { Subscription: [{ Protocol: 'email', Endpoint: 'a@example.com' }] },
    },
    Queue: { Type: 'AWS::SQS::Queue' },
    Raw: { Type: 'AWS::SQS::Queue' },
    ToQueue: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: arnOf('Queue') },
    },
    ToRaw: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'sqs',
        Endpoint: arnOf('Raw'),
        RawMessageDelivery: true,
      },
    },
    Function: inlineFunction(
      'exports.handler = async e => console.log(e.Records[0].Sns.Subject + JSON.parse(e.Records[0].Sns.Message).key)',
    ),
    ToFunction: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'lambda', Endpoint: arnOf('Function') },
    },
    Machine: stateMachine({
      StartAt: 'Publish',
      States: {
        Publish: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sns:publish',
          Parameters: {
            TopicArn: { Ref: 'Topic' },
            Subject: 'New: ',
            Message: { 'key.$': '$.detail.object.key' },
          },
          End: true,
        },
      },
    }),
    Rule: rule({ Ref: 'Machine' }),
  });
  await upload('a.txt');
  expect(cloud.outbox()).toMatchObject([
    {
      topic: 'Stack-Topic',
      subject: 'New: ',
      message: '{"key":"a.txt"}',
      endpoints: [
        { protocol: 'email', endpoint: 'a@example.com' },
        { protocol: 'sqs' },
        { protocol: 'sqs' },
        { protocol: 'lambda' },
      ],
    },
  ]);
  expect(queue('Stack-Raw')).toMatchObject([{ body: '{"key":"a.txt"}' }]);
  expect(queue('Stack-Queue')).toMatchObject([
    { body: { Type: 'Notification', Subject: 'New: ', Message: '{"key":"a.txt"}' } },
  ]);
  expect(cloud.metrics('Errors', { FunctionName: 'Stack-Function' }).map(({ values }) => values)).toEqual([
    [0],
  ]);
});

test('an event that a function cannot handle is tried three times and goes to the dead letters', async () => {
  const { cloud, queue, upload } = await start({
    Bucket: BUCKET,
    Dead: { Type: 'AWS::SQS::Queue' },
    Function: inlineFunction('exports.handler = async () => { throw new Error("no") }', {
      DeadLetterConfig: { TargetArn: arnOf('Dead') },
    }),
    Rule: rule(arnOf('Function')),
  });
  await upload('a.txt');
  expect(cloud.metrics('Errors', { FunctionName: 'Stack-Function' }).flatMap(({ values }) => values)).toEqual(
    [1, 1, 1],
  );
  expect(queue('Stack-Dead')).toMatchObject([
    { body: { source: 'aws.s3', detail: { object: { key: 'a.txt' } } } },
  ]);
});

test('a destination for failures gets the event with the error', async () => {
  const { cloud, queue, upload } = await start({
    Bucket: BUCKET,
    Failed: { Type: 'AWS::SQS::Queue' },
    Function: inlineFunction('exports.handler = async () => { throw new RangeError("no") }'),
    Config: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Function' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: arnOf('Failed') } },
      },
    },
    Rule: rule(arnOf('Function')),
  });
  await upload('a.txt');
  expect(cloud.metrics('Errors').flatMap(({ values }) => values)).toEqual([1]);
  expect(queue('Stack-Failed')).toMatchObject([
    {
      body: {
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
        requestPayload: { detail: { object: { key: 'a.txt' } } },
        responsePayload: { errorType: 'RangeError', errorMessage: 'no' },
      },
    },
  ]);
});
