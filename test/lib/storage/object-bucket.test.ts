import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { HANDLERS } from '../../../lib/functions/handlers.ts';
import { synthesize } from '../support/synthesize.ts';
import { resourceOf, resourcesOf } from '../support/template.ts';

let platform: Template;
beforeAll(() => {
  ({ platform } = synthesize());
});

describe.each(['Data', 'Models'])('the bucket %s', id => {
  test('is private, encrypted, versioned, tidied up and kept when its stack goes', () => {
    expect(resourceOf(platform, 'AWS::S3::Bucket', id)).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: {
          Rules: [
            {
              Status: 'Enabled',
              NoncurrentVersionExpiration: { NoncurrentDays: 90 },
              ExpiredObjectDeleteMarker: true,
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
            },
          ],
        },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
    });
  });

  test('refuses whoever comes without TLS 1.2', () => {
    const bucket = { 'Fn::GetAtt': [resourceOf(platform, 'AWS::S3::Bucket', id).id, 'Arn'] };
    const everything = [bucket, { 'Fn::Join': ['', [bucket, '/*']] }];
    platform.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: resourceOf(platform, 'AWS::S3::Bucket', id).id },
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Action: 's3:*',
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Resource: everything,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          {
            Action: 's3:*',
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Resource: everything,
            Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } },
          },
        ]),
      },
    });
  });
});

test.each([
  ['DataUploaded', 'Data', { prefix: 'incoming/' }, 'Delivery'],
  ['DataRequested', 'Data', { prefix: 'requests/' }, 'Prediction'],
  ['DataAccepted', 'Data', { wildcard: 'accepted/*.parquet' }, 'Monitoring'],
  ['DataContinued', 'Data', { wildcard: 'accepted/*.parquet' }, 'Prediction'],
  ['ModelsPromoted', 'Models', { prefix: 'production/' }, 'Prediction'],
])('the rule %s starts its workflow with the time and key of the object', (rule, bucket, filter, machine) => {
  expect(resourceOf(platform, 'AWS::Events::Rule', rule).Properties).toMatchObject({
    State: 'ENABLED',
    EventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: {
        bucket: { name: [{ Ref: resourceOf(platform, 'AWS::S3::Bucket', bucket).id }] },
        object: { key: [filter] },
      },
    },
    Targets: [
      {
        Arn: { Ref: resourceOf(platform, 'AWS::StepFunctions::StateMachine', machine).id },
        InputTransformer: {
          InputPathsMap: { time: '$.time', 'detail-object-key': '$.detail.object.key' },
          InputTemplate: '{"time":<time>,"key":<detail-object-key>}',
        },
      },
    ],
  });
});

test('nothing but the five rules listens, and no custom resource came along', () => {
  expect(resourcesOf(platform, 'AWS::Events::Rule')).toHaveLength(5);
  expect(resourcesOf(platform, 'AWS::Lambda::Function')).toHaveLength(Object.keys(HANDLERS).length);
  expect(resourcesOf(platform, 'Custom::S3BucketNotifications')).toEqual([]);
});
