import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { synthesize } from '../support/synthesize.ts';
import { resourceOf, resourcesOf, textOf } from '../support/template.ts';

let platform: Template;
let model: Template;
beforeAll(() => {
  const app = synthesize();
  ({ platform } = app);
  model = app.model('departures');
});

const queue = () => resourceOf(platform, 'AWS::SQS::Queue', 'DeadLetters');
const targets = z.object({
  Targets: z.array(z.object({ DeadLetterConfig: z.object({ Arn: z.unknown() }) })).min(1),
});

test('every event that cannot be delivered goes to the one queue', () => {
  const own = resourcesOf(platform, 'AWS::Events::Rule').flatMap(
    ({ Properties }) => targets.parse(Properties).Targets,
  );
  const ofModels = resourcesOf(model, 'AWS::Events::Rule').flatMap(
    ({ Properties }) => targets.parse(Properties).Targets,
  );
  expect(own).toHaveLength(5);
  expect(new Set(own.map(({ DeadLetterConfig }) => textOf(DeadLetterConfig.Arn)))).toEqual(
    new Set([`<${queue().id}>`]),
  );
  expect(ofModels.length).toBeGreaterThan(0);
  for (const { DeadLetterConfig } of ofModels) expect(textOf(DeadLetterConfig.Arn)).toContain(queue().id);
});

test('the queue is encrypted and keeps messages for two weeks', () => {
  expect(queue().Properties).toEqual({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
});

test('it takes events from rules of this account, over TLS, and from nobody else', () => {
  const arn = { 'Fn::GetAtt': [queue().id, 'Arn'] };
  const { PolicyDocument } = resourceOf(platform, 'AWS::SQS::QueuePolicy', 'DeadLetters').Properties;
  expect(z.object({ Statement: z.array(z.unknown()) }).parse(PolicyDocument).Statement).toEqual([
    {
      Effect: 'Deny',
      Action: 'sqs:*',
      Principal: { AWS: '*' },
      Resource: arn,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    {
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Principal: { Service: 'events.amazonaws.com' },
      Resource: arn,
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLike: {
          'aws:SourceArn': {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                ':events:',
                { Ref: 'AWS::Region' },
                ':',
                { Ref: 'AWS::AccountId' },
                ':rule/*',
              ],
            ],
          },
        },
      },
    },
  ]);
});

describe('its alarm', () => {
  test('goes off with the first message, and tells the topic of the platform', () => {
    expect(resourceOf(platform, 'AWS::CloudWatch::Alarm', 'AlarmsDeadLetters').Properties).toEqual({
      AlarmName: 'Antei: events not delivered',
      AlarmDescription:
        'EventBridge could not deliver an event to a workflow; it waits in the queue of dead letters. ' +
        'See docs/runbook.md, "Events not delivered".',
      ...{ Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum' },
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue().id, 'QueueName'] } }],
      ...{ Period: 300, EvaluationPeriods: 1, Threshold: 1 },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: resourceOf(platform, 'AWS::SNS::Topic', 'AlarmsTopic').id }],
    });
  });

  test('nobody subscribes unless the deployment says who', () => {
    expect(resourcesOf(platform, 'AWS::SNS::Subscription')).toEqual([]);
  });
});
