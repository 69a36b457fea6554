// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of CloudFormation
import { expect, test } from 'vitest';
import { UnsupportedError } from '../../../local/errors.ts';
import type { Assembly, Template } from '../../../local/template/assembly.ts';
import { generatedName } from '../../../local/template/identities.ts';
import { resolveResources } from '../../../local/template/resources.ts';

type PartialTemplate = Partial<Omit<Template, 'Resources'>> & {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown>; Condition?: string }>;
};

function assembly(stacks: Readonly<Record<string, PartialTemplate>>): Assembly {
  return {
    assets: new Map(),
    stacks: Object.entries(stacks).map(([name, { Resources, ...template }]) => ({
      name,
      account: '111111111111',
      region: 'eu-west-1',
      template: {
        Parameters: {},
        Mappings: {},
        Conditions: {},
        Outputs: {},
        ...template,
        Resources: Object.fromEntries(
          Object.entries(Resources).map(([id, resource]) => [id, { Properties: {}, ...resource }]),
        ),
      },
    })),
  };
}

function problemsOf(stacks: Readonly<Record<string, PartialTemplate>>): readonly string[] {
  try {
    resolveResources(assembly(stacks));
    return [];
  } catch (error) {
    if (error instanceof UnsupportedError) return error.problems;
    throw error;
  }
}

test('stacks refer to one another, and names and ARNs are those of AWS', () => {
  const resources = resolveResources(
    assembly({
      Model: {
        Resources: {
          Alarm: {
            Type: 'AWS::CloudWatch::Alarm',
            Properties: {
              AlarmActions: [{ 'Fn::ImportValue': 'Platform:Topic' }],
              Namespace: 'N',
              MetricName: 'm',
              Statistic: 'Sum',
              Period: 60,
              EvaluationPeriods: 1,
              Threshold: 1,
              ComparisonOperator: 'GreaterThanThreshold',
            },
          },
        },
      },
      Platform: {
        Parameters: { Prefix: { Type: 'String', Default: 'p' } },
        Mappings: { Names: { 'eu-west-1': { topic: 'owners' } } },
        Conditions: { Never: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] } },
        Resources: {
          Topic: {
            Type: 'AWS::SNS::Topic',
            Properties: {
              TopicName: {
                'Fn::Join': [
                  '-',
                  [{ Ref: 'Prefix' }, { 'Fn::FindInMap': ['Names', { Ref: 'AWS::Region' }, 'topic'] }],
                ],
              },
            },
          },
          Data1234ABCD: { Type: 'AWS::S3::Bucket' },
          Skipped: { Type: 'AWS::EC2::Instance', Condition: 'Never' },
          Role: { Type: 'AWS::IAM::Role', Properties: { Anything: { 'Fn::Whatever': 1 } } },
        },
        Outputs: {
          Topic: { Value: { Ref: 'Topic' }, Export: { Name: 'Platform:Topic' } },
          Bucket: { Value: { 'Fn::GetAtt': ['Data1234ABCD', 'Arn'] } },
          Role: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
          Stack: { Value: { 'Fn::Sub': '${AWS::StackName} in ${AWS::AccountId}' } },
        },
      },
    }),
  );
  const topic = 'arn:aws:sns:eu-west-1:111111111111:p-owners';
  expect(resources.of('AWS::CloudWatch::Alarm')).toMatchObject([
    {
      name: 'Model-Alarm',
      arn: 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:Model-Alarm',
      properties: { AlarmActions: [topic] },
    },
  ]);
  expect(resources.of('AWS::SNS::Topic')).toMatchObject([{ name: 'p-owners', arn: topic }]);
  expect(resources.of('AWS::S3::Bucket').map(({ name }) => name)).toEqual(['platform-data']);
  expect(resources.outputs).toEqual({
    'Platform.Topic': topic,
    'Platform.Bucket': 'arn:aws:s3:::platform-data',
    'Platform.Role': 'arn:aws:iam::111111111111:role/Platform-Role',
    'Platform.Stack': 'Platform in 111111111111',
  });
});

test('everything that is not understood is named at once', () => {
  expect(
    problemsOf({
      S: {
        Resources: {
          Table: { Type: 'AWS::DynamoDB::Table' },
          Bucket: {
            Type: 'AWS::S3::Bucket',
            Properties: { WebsiteConfiguration: {}, NotificationConfiguration: { LambdaConfigurations: [] } },
          },
          Function: {
            Type: 'AWS::Lambda::Function',
            Properties: { Handler: 'h', Runtime: 'python3.13', Code: { ZipFile: '' } },
          },
          Rule: { Type: 'AWS::Events::Rule', Properties: { Name: { 'Fn::GetAtt': ['Table', 'Arn'] } } },
          Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: '../up' } },
        },
        Outputs: { Value: { Value: { Ref: 'Nothing' } }, Import: { Value: { 'Fn::ImportValue': 'x' } } },
      },
    }),
  ).toEqual([
    'S/Table: the resource type AWS::DynamoDB::Table is not supported by the embedded cloud',
    expect.stringContaining(
      'S/Bucket (AWS::S3::Bucket): NotificationConfiguration: Unrecognized key: "LambdaConfigurations"',
    ),
    expect.stringContaining('S/Bucket (AWS::S3::Bucket): : Unrecognized key: "WebsiteConfiguration"'),
    expect.stringContaining('S/Function (AWS::Lambda::Function): Runtime: the runtime must be nodejs'),
    'S/Rule: the attribute Arn of Table (AWS::DynamoDB::Table) is not supported',
    expect.stringContaining('S/Queue (AWS::SQS::Queue): QueueName: allowed: letters, digits, - and _'),
    'S/Value: there is no resource "Nothing" in the stack',
    'Fn::ImportValue: no stack exports "x"',
  ]);
});

test('two resources of one name are refused', () => {
  const rule = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'letters' } };
  expect(problemsOf({ A: { Resources: { One: rule } }, B: { Resources: { Two: rule } } })).toEqual([
    'B/Two: has the same name as A/One (arn:aws:sqs:eu-west-1:111111111111:letters); give them names of their own',
  ]);
});

test('generated names are stable, readable and short enough', () => {
  expect(generatedName('Platform', 'DataBucketE6B0FAA8', 'AWS::S3::Bucket')).toBe('platform-databucket');
  expect(generatedName('Platform', 'DataBucketE6B0FAA8', 'AWS::SNS::Topic')).toBe('Platform-DataBucket');
  expect(generatedName('S', 'ABCDEF01', 'AWS::SNS::Topic')).toBe('S-ABCDEF01');
  const long = generatedName('Platform', `${'Very'.repeat(20)}Long`, 'AWS::SNS::Topic');
  expect(long).toMatch(/^Platform-(Very){11}V-[0-9a-f]{8}$/);
  expect(long).toHaveLength(63);
});
