import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { HANDLERS, type HandlerDefinition } from '../../../lib/functions/handlers.ts';
import { inlineStatementsOf, listedFolders, type Statement, statementsOf } from '../support/policies.ts';
import { departures, synthesize } from '../support/synthesize.ts';
import { resourceOf, resourcesOf, textOf } from '../support/template.ts';

let statements: Statement[];
let platform: Template;
let templates: Template[];
beforeAll(() => {
  const app = synthesize();
  ({ platform } = app);
  templates = [platform, app.model(departures.name)];
  statements = templates.flatMap(template => [...statementsOf(template), ...inlineStatementsOf(template)]);
});

test('no permission is for all actions of a service', () => {
  expect(statements.flatMap(({ Action }) => Action).filter(action => /^\*|:\*$/.test(action))).toEqual([]);
});

test('only what AWS does not tie to a resource is allowed on everything', () => {
  const everywhere = statements.filter(({ Resource }) => Resource.includes('*'));
  expect(new Set(everywhere.flatMap(({ Action }) => Action))).toEqual(
    new Set([
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      // Of training jobs: a token for ECR, and their metrics, which are bound to their namespace.
      'ecr:GetAuthorizationToken',
      'cloudwatch:PutMetricData',
    ]),
  );
});

test('a resource has a * where it is a folder, the versions of a function, the specs, topics, or training jobs', () => {
  const open = statements.flatMap(({ Resource }) => Resource).filter(resource => resource.includes('*'));
  const meant = [
    /^\*$/,
    /^<(Data|Models)Bucket\w+>\/[a-z-]+\/\*$/,
    // The endpoint's, in the stack of its model.
    /^<AnteiPlatform:ExportsOutputFnGetAtt(Data|Models)Bucket\w+>\/[a-z-]+\/departures(\/|\.json)\*$/,
    /^<Steps\w+>:\*$/,
    // Of training jobs: themselves, their log, and the images of the account.
    /^arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>:training-job\/antei-\*$/,
    /^arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:\/aws\/sagemaker\/TrainingJobs\*$/,
    /^arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository\/\*$/,
    /^arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:antei-\*-(data|model|operations)$/,
    /^arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter\/antei\/models\/\*$/,
  ];
  expect(open.filter(resource => !meant.some(pattern => pattern.test(resource)))).toEqual([]);
});

test('whoever else is let in by a policy of a bucket, queue or topic is a service of AWS, acting for this account', () => {
  const types = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'];
  const document = z.object({
    PolicyDocument: z.object({
      Statement: z.array(
        z.object({
          Effect: z.enum(['Allow', 'Deny']),
          Action: z.union([z.string(), z.array(z.string())]),
          Principal: z.union([z.literal('*'), z.record(z.string(), z.unknown())]),
          Condition: z.unknown().optional(),
        }),
      ),
    }),
  });
  const allowed = templates
    .flatMap(template => types.flatMap(type => resourcesOf(template, type)))
    .flatMap(({ Properties }) => document.parse(Properties).PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow');
  const services = ['logging.s3', 'events', 'cloudwatch'].map(name => ({ Service: `${name}.amazonaws.com` }));
  expect(allowed.map(({ Principal }) => Principal)).toEqual(expect.arrayContaining(services));
  for (const { Principal } of allowed) expect(services).toContainEqual(Principal);
  for (const { Action, Condition } of allowed) {
    expect(['s3:PutObject', 'sqs:SendMessage', 'sns:Publish']).toContain(Action);
    expect(JSON.stringify(Condition)).toContain('"aws:SourceAccount":{"Ref":"AWS::AccountId"}');
  }
});

test('no role has a policy of AWS, which are all wider than needed', () => {
  const roles = resourcesOf(platform, 'AWS::IAM::Role');
  expect(roles.filter(({ Properties }) => 'ManagedPolicyArns' in Properties)).toEqual([]);
});

/** Text that refers to a bucket, also from another stack. */
const BUCKET = '<(AnteiPlatform:ExportsOutput(Ref|FnGetAtt))?(Data|Models)Bucket\\w+>';

/** What is asked of a bucket and tells nothing of its objects' content. */
const OF_BUCKETS = ['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'];

test('every permission on objects names a folder', () => {
  const resources = statements
    .filter(({ Action }) => Action.some(action => action.startsWith('s3:') && !OF_BUCKETS.includes(action)))
    .flatMap(({ Resource }) => Resource);
  expect(resources.length).toBeGreaterThan(0);
  // What belongs to a model alone is granted to its endpoint alone.
  const folder = new RegExp(`^${BUCKET}/[a-z-]+/(${departures.name}(/|[.]json))?[*]$`);
  expect(resources.filter(resource => !folder.test(resource))).toEqual([]);
});

test('every permission to list is bound to folders', () => {
  const folders = statements.filter(({ Action }) => Action.includes('s3:ListBucket')).flatMap(listedFolders);
  expect(folders.length).toBeGreaterThan(0);
  expect(folders.filter(folder => !/^[a-z-]+\/([a-z-]+(\/|[.]json))?$/.test(folder))).toEqual([]);
});

describe.each(Object.values(HANDLERS))('$entry', ({ entry, data, models }: HandlerDefinition) => {
  test('may read, list and write the folders of its definition, write its own log, and nothing else', () => {
    const buckets = {
      data: resourceOf(platform, 'AWS::S3::Bucket', 'Data').id,
      models: resourceOf(platform, 'AWS::S3::Bucket', 'Models').id,
    };
    const objects = (what: 'read' | 'write') => [
      ...(data[what] ?? []).map(folder => `<${buckets.data}>/${folder}*`),
      ...(models[what] ?? []).map(folder => `<${buckets.models}>/${folder}*`),
    ];
    const lists = [
      ...(data.read === undefined ? [] : [`<${buckets.data}>`]),
      ...(models.read === undefined ? [] : [`<${buckets.models}>`]),
    ];
    const [found] = resourcesOf(platform, 'AWS::Lambda::Function').filter(
      ({ Properties }) => Properties.Description === `Antei: ${entry}`,
    );
    const log = textOf(z.object({ LogGroup: z.unknown() }).parse(found?.Properties.LoggingConfig).LogGroup);
    const role = textOf(found?.Properties.Role);
    const granted = statements
      .filter(own => `<${own.role}>` === role)
      .flatMap(({ Action, Resource }) =>
        Action.flatMap(action => Resource.map(resource => `${action} ${resource}`)),
      );
    expect(granted.sort()).toEqual(
      [
        `logs:CreateLogStream ${log}`,
        `logs:PutLogEvents ${log}`,
        ...objects('read').map(resource => `s3:GetObject ${resource}`),
        ...objects('write').map(resource => `s3:PutObject ${resource}`),
        ...lists.map(resource => `s3:ListBucket ${resource}`),
      ].sort(),
    );
  });
});

test.each([
  [
    'Delivery',
    [
      'ValidateUpload',
      'SnapshotDataset',
      'PrepareTrainingJob',
      'TrainCandidate',
      'EvaluateCandidates',
      'RegisterVersion',
      'RequestApproval',
      'AwaitDecision',
      'RecordDecision',
      'StartRollout',
      'JudgeRollout',
      'EndRollout',
      'PromoteVersion',
    ],
  ],
  ['Prediction', ['PredictBatch']],
  ['Monitoring', ['CheckFreshness', 'MeasureWindow']],
  ['Remediation', ['ChooseRemedy', 'RollBack', 'RecordRemedy']],
])('the machine %s may start its own functions, record failures and read specs', (id, functions) => {
  const own = statements.filter(({ role }) => role.startsWith(`${id}MachineRole`));
  const resources = (action: string) =>
    own.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
  expect(new Set(resources('lambda:InvokeFunction').map(resource => resource.replace(/:\*$/, '')))).toEqual(
    new Set(
      ['RecordFailure', ...functions]
        .map(name =>
          resourcesOf(platform, 'AWS::Lambda::Function').find(found =>
            new RegExp(`^Steps${name}[0-9A-F]{8}$`).test(found.id),
          ),
        )
        .map(found => `<${found?.id}>`),
    ),
  );
  expect(resources('ssm:GetParameter')).toEqual([
    'arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/antei/models/*',
  ]);
});

test.each([
  ['Delivery', ['model']],
  ['Remediation', ['data', 'model', 'operations']],
])('the machine %s may publish to the topics of the owners that it tells', (id, roles) => {
  const own = statements.filter(({ role }) => role.startsWith(`${id}MachineRole`));
  const resources = (action: string) =>
    own.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
  expect(resources('sns:Publish')).toEqual(
    roles.map(role => `arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:antei-*-${role}`),
  );
  // The topics are encrypted.
  const key = `<${resourceOf(platform, 'AWS::KMS::Key', 'NotificationKey').id}>`;
  expect([resources('kms:Decrypt'), resources('kms:GenerateDataKey')]).toEqual([[key], [key]]);
});

describe('training jobs', () => {
  const arn = (service: string, resource: string) =>
    `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}`;
  const role = () => resourceOf(platform, 'AWS::IAM::Role', 'DeliveryScriptsJobRole').id;
  const granted = (own: Statement[]) =>
    own
      .flatMap(({ Action, Resource, Condition }) =>
        Action.map(action => [action, Resource, ...(Condition === undefined ? [] : [Condition])]),
      )
      .sort();

  test('read what was prepared for them, write what they leave, and touch nothing else', () => {
    const bucket = `<${resourceOf(platform, 'AWS::S3::Bucket', 'Models').id}>`;
    expect(resourceOf(platform, 'AWS::IAM::Role', 'DeliveryScriptsJobRole').Properties).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [{ Action: 'sts:AssumeRole', Principal: { Service: 'sagemaker.amazonaws.com' } }],
      },
    });
    const logs = [arn('logs', 'log-group:/aws/sagemaker/TrainingJobs*')];
    const images = [arn('ecr', 'repository/*')];
    expect(granted(statements.filter(own => own.role === role()))).toEqual(
      [
        ...['CreateLogGroup', 'CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'].map(action => [
          `logs:${action}`,
          logs,
        ]),
        ...['BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer'].map(action => [
          `ecr:${action}`,
          images,
        ]),
        ['ecr:GetAuthorizationToken', ['*']],
        [
          'cloudwatch:PutMetricData',
          ['*'],
          { StringEquals: { 'cloudwatch:namespace': '/aws/sagemaker/TrainingJobs' } },
        ],
        ['s3:GetObject', [`${bucket}/training-input/*`]],
        ['s3:ListBucket', [bucket], { StringLikeIfExists: { 's3:prefix': ['training-input/*'] } }],
        ['s3:PutObject', [`${bucket}/training-output/*`]],
      ].sort(),
    );
  });

  test('are run by the delivery machine alone, under that role, and under names of their own', () => {
    const own = (service: string) =>
      statements.filter(({ Action }) => Action.some(action => action.startsWith(service)));
    const sagemaker = own('sagemaker:');
    expect(sagemaker.every(({ role: user }) => user.startsWith('DeliveryMachineRole'))).toBe(true);
    expect(granted(sagemaker)).toEqual(
      ['AddTags', 'CreateTrainingJob', 'DescribeTrainingJob', 'ListTags', 'StopTrainingJob']
        .map(action => [`sagemaker:${action}`, [arn('sagemaker', 'training-job/antei-*')]])
        .sort(),
    );
    expect(granted(own('iam:'))).toEqual([
      [
        'iam:PassRole',
        [`<${role()}>`],
        { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      ],
    ]);
    const rule = [arn('events', 'rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule')];
    expect(granted(own('events:'))).toEqual(
      ['DescribeRule', 'PutRule', 'PutTargets'].map(action => [`events:${action}`, rule]),
    );
  });
});
