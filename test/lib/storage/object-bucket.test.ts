import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { HANDLERS } from '../../../lib/functions/handlers.ts';
import { statementsOf } from '../support/policies.ts';
import { synthesize } from '../support/synthesize.ts';
import { resourceOf, resourcesOf } from '../support/template.ts';

let platform: Template;
beforeAll(() => {
  ({ platform } = synthesize());
});

describe.each([
  { id: 'Data', passing: [] },
  { id: 'Models', passing: ['training-input/', 'training-output/'] },
])('the bucket $id', ({ id, passing }) => {
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
            ...passing.map(Prefix => ({
              ...{ Status: 'Enabled', Prefix, ExpirationInDays: 30 },
              NoncurrentVersionExpiration: { NoncurrentDays: 1 },
            })),
          ],
        },
        LoggingConfiguration: {
          DestinationBucketName: { Ref: resourceOf(platform, 'AWS::S3::Bucket', 'AccessLogs').id },
          LogFilePrefix: `${id.toLowerCase()}/`,
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

test('the bucket of access logs is as closed, forgets after a year, and is kept when its stack goes', () => {
  const { id, ...logs } = resourceOf(platform, 'AWS::S3::Bucket', 'AccessLogs');
  expect(logs).toMatchObject({
    ...{ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
    Properties: {
      PublicAccessBlockConfiguration: {
        ...{ BlockPublicAcls: true, BlockPublicPolicy: true },
        ...{ IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 365 }] },
    },
  });
  const denied = { Action: 's3:*', Effect: 'Deny', Principal: { AWS: '*' } };
  platform.hasResourceProperties('AWS::S3::BucketPolicy', {
    Bucket: { Ref: id },
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ ...denied, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({ ...denied, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
      ]),
    },
  });
});

test('versions in the model bucket can be kept from being deleted, and are not unless somebody asks', () => {
  expect(resourceOf(platform, 'AWS::S3::Bucket', 'Models').Properties).toMatchObject({
    ObjectLockEnabled: true,
  });
  expect(resourceOf(platform, 'AWS::S3::Bucket', 'Models').Properties).not.toHaveProperty(
    'ObjectLockConfiguration',
  );
  expect(resourceOf(platform, 'AWS::S3::Bucket', 'Data').Properties).not.toHaveProperty('ObjectLockEnabled');
});

describe('with its options', () => {
  let strict: Template;
  beforeAll(() => {
    const context = { kms: 'true', lock: '365', uploads: '20', operations: 'ops@example.com' };
    ({ platform: strict } = synthesize(undefined, context));
  });

  test('both buckets are encrypted by a key that stays and is used once for many objects', () => {
    const key = resourceOf(strict, 'AWS::KMS::Key', 'StorageKey');
    expect(key).toMatchObject({ DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
    for (const id of ['Data', 'Models']) {
      expect(resourceOf(strict, 'AWS::S3::Bucket', id).Properties).toMatchObject({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: {
                SSEAlgorithm: 'aws:kms',
                KMSMasterKeyID: { 'Fn::GetAtt': [key.id, 'Arn'] },
              },
            },
          ],
        },
      });
    }
    const used = statementsOf(strict).filter(({ Resource }) => Resource.includes(`<${key.id}>`));
    expect(new Set(used.flatMap(({ Action }) => Action))).toEqual(
      new Set(['kms:Decrypt', 'kms:GenerateDataKey']),
    );
  });

  test('versions of models and events are kept for a year, and an administrator can lift that', () => {
    expect(resourceOf(strict, 'AWS::S3::Bucket', 'Models').Properties).toMatchObject({
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } },
      },
    });
  });

  test('one function alone is capped', () => {
    const capped = resourcesOf(strict, 'AWS::Lambda::Function').flatMap(({ Properties }) =>
      Properties.ReservedConcurrentExecutions === undefined
        ? []
        : [[Properties.Description, Properties.ReservedConcurrentExecutions]],
    );
    expect(capped).toEqual([['Antei: lambdas/data/validate-upload.ts', 20]]);
  });

  test('the platform tells whoever operates it', () => {
    expect(resourcesOf(strict, 'AWS::SNS::Subscription').map(({ Properties }) => Properties)).toEqual([
      {
        Protocol: 'email',
        Endpoint: 'ops@example.com',
        TopicArn: { Ref: resourceOf(strict, 'AWS::SNS::Topic', 'AlarmsTopic').id },
      },
    ]);
  });

  test.each([
    ['kms', 'yes'],
    ['lock', '0'],
    ['lock', 'a year'],
    ['uploads', '1.5'],
    ['operations', 'ops'],
    ['env', 'My Team'],
    ['env', 'models'],
  ])('-c %s=%s is refused by name', (name, value) => {
    expect(() => synthesize(undefined, { [name]: value })).toThrow(
      new RegExp(`${value}.*allowed|-c ${name}=${value}: `),
    );
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
