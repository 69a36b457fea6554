import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { HANDLERS, type HandlerDefinition } from '../../../lib/functions/handlers.ts';
import { listedFolders, type Statement, statementsOf } from '../support/policies.ts';
import { departures, synthesize } from '../support/synthesize.ts';
import { resourceOf, resourcesOf, textOf } from '../support/template.ts';

let statements: Statement[];
let platform: Template;
let templates: Template[];
beforeAll(() => {
  const app = synthesize();
  ({ platform } = app);
  templates = [platform, app.model(departures.name)];
  statements = templates.flatMap(statementsOf);
});

test('no permission is for all actions of a service', () => {
  expect(statements.flatMap(({ Action }) => Action).filter(action => /^\*|:\*$/.test(action))).toEqual([]);
});

test('only the delivery of logs and of traces, which AWS does not tie to a resource, is allowed on everything', () => {
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
    ]),
  );
});

test('a resource ends in * where it is a folder, the versions of a function, or the specs', () => {
  const open = statements.flatMap(({ Resource }) => Resource).filter(resource => resource.includes('*'));
  const meant = [
    /^\*$/,
    /^<(Data|Models)Bucket\w+>\/[a-z-]+\/\*$/,
    /^<Steps\w+>:\*$/,
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

test('every permission on objects names a folder', () => {
  const resources = statements
    .filter(({ Action }) => Action.some(action => action.startsWith('s3:') && action !== 's3:ListBucket'))
    .flatMap(({ Resource }) => Resource);
  expect(resources.length).toBeGreaterThan(0);
  expect(resources.filter(resource => !/^<(Data|Models)Bucket\w+>\/[a-z-]+\/\*$/.test(resource))).toEqual([]);
});

test('every permission to list is bound to folders', () => {
  const folders = statements.filter(({ Action }) => Action.includes('s3:ListBucket')).flatMap(listedFolders);
  expect(folders.length).toBeGreaterThan(0);
  expect(folders.filter(folder => !/^[a-z-]+\/$/.test(folder))).toEqual([]);
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
      'TrainCandidate',
      'EvaluateCandidates',
      'RegisterVersion',
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
