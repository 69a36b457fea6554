import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readSpec } from '../../../core/spec/parse-spec.ts';
import { PROJECT } from '../../../lib/project.ts';
import { statementsOf } from '../support/policies.ts';
import { departures, synthesize } from '../support/synthesize.ts';
import { resourceOf, resourcesOf, textOf } from '../support/template.ts';

const arrivals = readSpec(join(PROJECT, 'models', 'late-arrivals.yaml'));

let series: Template;
let rows: Template;
beforeAll(() => {
  const app = synthesize([departures, arrivals]);
  series = app.model(departures.name);
  rows = app.model(arrivals.name);
});

const document = z.object({ Statement: z.array(z.record(z.string(), z.unknown())) });

test('a URL answers only whom IAM lets in, and nobody is let in by the template', () => {
  for (const template of [series, rows]) {
    expect(resourceOf(template, 'AWS::Lambda::Url', 'Endpoint').Properties).toEqual({
      AuthType: 'AWS_IAM',
      InvokeMode: 'BUFFERED',
      TargetFunctionArn: {
        'Fn::GetAtt': [resourceOf(template, 'AWS::Lambda::Function', 'Endpoint').id, 'Arn'],
      },
    });
    expect(resourcesOf(template, 'AWS::Lambda::Permission')).toEqual([]);
  }
});

test('the function knows its model, and has DuckDB where features are computed', () => {
  const lambda = (template: Template) => resourceOf(template, 'AWS::Lambda::Function', 'Endpoint').Properties;
  expect(lambda(rows)).toMatchObject({
    ...{ Handler: 'index.handler', Runtime: 'nodejs24.x', Architectures: ['arm64'], MemorySize: 3008 },
    Environment: { Variables: { ANTEI_SERVED_MODEL: 'late-arrivals' } },
    Layers: [{ Ref: resourceOf(rows, 'AWS::Lambda::LayerVersion', 'Endpoint').id }],
    Timeout: 30,
  });
  expect(lambda(series)).not.toHaveProperty('Layers');
});

test("it reads what is the model's own, and writes nothing but its log", () => {
  const granted = (template: Template) =>
    statementsOf(template)
      .filter(({ role }) => role.startsWith('EndpointFunction'))
      .flatMap(({ Action, Resource }) =>
        Action.flatMap(action =>
          Resource.map(
            resource => `${action} ${resource.replace(/<[^>]*(Data|Models)Bucket[^>]*>/, '<$1>')}`,
          ),
        ),
      )
      .filter(permission => !permission.startsWith('logs:'))
      .sort();
  expect(granted(rows)).toEqual([
    's3:GetObject <Data>/accepted/late-arrivals/*',
    's3:GetObject <Models>/production/late-arrivals.json*',
    's3:GetObject <Models>/runs/late-arrivals/*',
    's3:GetObject <Models>/versions/late-arrivals/*',
    's3:ListBucket <Data>',
    's3:ListBucket <Models>',
  ]);
  expect(granted(series)).toEqual([
    's3:GetObject <Data>/predictions/departures/*',
    's3:GetObject <Models>/production/departures.json*',
    's3:GetObject <Models>/versions/departures/*',
    's3:ListBucket <Data>',
    's3:ListBucket <Models>',
  ]);
});

test('a model that is not in production has no endpoint', () => {
  const stage = 'experiments' as const;
  const template = synthesize([{ ...departures, stage }]).model(departures.name);
  for (const type of ['AWS::Lambda::Url', 'AWS::Lambda::Function', 'AWS::KinesisFirehose::DeliveryStream']) {
    expect(resourcesOf(template, type)).toEqual([]);
  }
});

describe('the prediction log', () => {
  test('takes the lines of predictions, and no others, out of the log of the function', () => {
    const { Properties } = resourceOf(rows, 'AWS::Logs::SubscriptionFilter', 'Endpoint');
    expect(Properties).toMatchObject({
      FilterPattern: '{ $.antei = "prediction" }',
      LogGroupName: { Ref: resourceOf(rows, 'AWS::Logs::LogGroup', 'Endpoint').id },
      DestinationArn: {
        'Fn::GetAtt': [resourceOf(rows, 'AWS::KinesisFirehose::DeliveryStream', 'Endpoint').id, 'Arn'],
      },
    });
  });

  test('becomes objects of JSON lines under the model, by the hour', () => {
    const { Properties } = resourceOf(rows, 'AWS::KinesisFirehose::DeliveryStream', 'Endpoint');
    expect(Properties).toMatchObject({
      DeliveryStreamType: 'DirectPut',
      DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
      ExtendedS3DestinationConfiguration: {
        Prefix: 'prediction-log/late-arrivals/',
        ErrorOutputPrefix: 'prediction-log-errors/late-arrivals/!{firehose:error-output-type}/',
        CompressionFormat: 'GZIP',
        FileExtension: '.jsonl.gz',
        BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 5 },
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            {
              Type: 'Decompression',
              Parameters: [{ ParameterName: 'CompressionFormat', ParameterValue: 'GZIP' }],
            },
            {
              Type: 'CloudWatchLogProcessing',
              Parameters: [{ ParameterName: 'DataMessageExtraction', ParameterValue: 'true' }],
            },
          ],
        },
      },
    });
  });

  test.each([
    [
      'EndpointPredictionLogWriter',
      ['s3:AbortMultipartUpload', 's3:PutObject'],
      /prediction-log(-errors)?\/late-arrivals\/\*$/,
    ],
    [
      'EndpointPredictionLogFeeder',
      ['firehose:PutRecord', 'firehose:PutRecordBatch'],
      /^<EndpointPredictionLogStream\w*>$/,
    ],
  ])('%s may do its part alone', (role, actions, resource) => {
    const { Policies } = z
      .object({ Policies: z.tuple([z.object({ PolicyDocument: document })]) })
      .parse(resourceOf(rows, 'AWS::IAM::Role', role).Properties);
    const [first] = Policies[0].PolicyDocument.Statement;
    expect(first?.Action).toEqual(actions);
    for (const one of [first?.Resource].flat()) expect(textOf(one)).toMatch(resource);
  });
});
