import { identityOf } from '../../core/storage/digest.ts';

/** Where a resource lives and what it is called. */
export interface Identity {
  readonly account: string;
  readonly region: string;
  /** The physical name. */
  readonly name: string;
  /** The resource's own properties, for attributes that hand one out. */
  readonly property: (name: string) => unknown;
}

type Value = (identity: Identity) => unknown;

interface Naming {
  /** The property that holds the physical name, if the type has one. */
  readonly nameProperty?: string;
  /** What `Ref` yields. */
  readonly ref: Value;
  /** What `Fn::GetAtt` yields, by attribute. */
  readonly attributes?: Readonly<Record<string, Value>>;
}

const named = (nameProperty: string, attributes: Readonly<Record<string, Value>> = {}): Naming => ({
  nameProperty,
  ref: ({ name }) => name,
  attributes,
});

const arn =
  (service: string, resource: (name: string) => string): Value =>
  ({ account, region, name }) =>
    `arn:aws:${service}:${region}:${account}:${resource(name)}`;

const topicArn = arn('sns', name => name);
const stateMachineArn = arn('states', name => `stateMachine:${name}`);
const queueUrl: Value = ({ account, region, name }) =>
  `https://sqs.${region}.amazonaws.com/${account}/${name}`;
const layerArn = arn('lambda', name => `layer:${name}:1`);
const globalArn =
  (kind: string): Value =>
  ({ account, name }) =>
    `arn:aws:iam::${account}:${kind}/${name}`;
const anonymous: Naming = { ref: ({ name }) => name };

/** What references to a resource yield, by type. A type that is not here is not supported at all. */
export const NAMING = {
  'AWS::S3::Bucket': named('BucketName', {
    Arn: ({ name }) => `arn:aws:s3:::${name}`,
    DomainName: ({ name }) => `${name}.s3.amazonaws.com`,
    RegionalDomainName: ({ name, region }) => `${name}.s3.${region}.amazonaws.com`,
  }),
  'AWS::S3::BucketPolicy': anonymous,
  'AWS::Lambda::Function': named('FunctionName', { Arn: arn('lambda', name => `function:${name}`) }),
  'AWS::Lambda::LayerVersion': {
    nameProperty: 'LayerName',
    ref: layerArn,
    attributes: { LayerVersionArn: layerArn },
  },
  'AWS::Lambda::Permission': anonymous,
  'AWS::Lambda::Url': {
    ref: ({ name }) => name,
    attributes: {
      FunctionArn: ({ property }) => property('TargetFunctionArn'),
      // A name only: here, endpoints answer under `antei up`.
      FunctionUrl: ({ name, region }) => `https://${name.toLowerCase()}.lambda-url.${region}.on.aws/`,
    },
  },
  'AWS::Lambda::EventInvokeConfig': anonymous,
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    ref: stateMachineArn,
    attributes: { Arn: stateMachineArn, Name: ({ name }) => name },
  },
  'AWS::Events::Rule': named('Name', { Arn: arn('events', name => `rule/${name}`) }),
  'AWS::Scheduler::Schedule': named('Name', { Arn: arn('scheduler', name => `schedule/default/${name}`) }),
  'AWS::CloudWatch::Alarm': named('AlarmName', { Arn: arn('cloudwatch', name => `alarm:${name}`) }),
  'AWS::CloudWatch::Dashboard': named('DashboardName'),
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    ref: topicArn,
    attributes: { TopicArn: topicArn, TopicName: ({ name }) => name },
  },
  'AWS::SNS::Subscription': anonymous,
  'AWS::SNS::TopicPolicy': anonymous,
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: queueUrl,
    attributes: { Arn: arn('sqs', name => name), QueueName: ({ name }) => name, QueueUrl: queueUrl },
  },
  'AWS::SQS::QueuePolicy': anonymous,
  'AWS::SSM::Parameter': named('Name', {
    Type: ({ property }) => property('Type'),
    Value: ({ property }) => property('Value'),
  }),
  'AWS::Logs::LogGroup': named('LogGroupName', { Arn: arn('logs', name => `log-group:${name}:*`) }),
  'AWS::Logs::ResourcePolicy': anonymous,
  'AWS::Logs::SubscriptionFilter': anonymous,
  'AWS::KinesisFirehose::DeliveryStream': named('DeliveryStreamName', {
    Arn: arn('firehose', name => `deliverystream/${name}`),
  }),
  'AWS::IAM::Role': named('RoleName', { Arn: globalArn('role'), RoleId: ({ name }) => name }),
  'AWS::IAM::Policy': anonymous,
  'AWS::IAM::ManagedPolicy': { nameProperty: 'ManagedPolicyName', ref: globalArn('policy') },
  'AWS::KMS::Key': {
    ref: ({ name }) => name,
    attributes: { Arn: arn('kms', name => `key/${name}`), KeyId: ({ name }) => name },
  },
  'AWS::KMS::Alias': named('AliasName'),
  'AWS::CDK::Metadata': anonymous,
} as const satisfies Record<string, Naming>;

export type ResourceTypeName = keyof typeof NAMING;

export const isSupportedType = (type: string): type is ResourceTypeName => Object.hasOwn(NAMING, type);

/** The rules of a type, with the optional parts visible. */
export const namingOf = (type: ResourceTypeName): Naming => NAMING[type];

/** No resource here allows less than 63 characters. */
const LONGEST_NAME = 63;

/** What CDK appends to a logical id, to tell apart paths that read alike. */
const CDK_HASH = /(?<=.)[0-9A-F]{8}$/;

/**
 * The name that CloudFormation would make up: stable, from the stack's name and the logical id, without the hash. Two
 * resources that would share a name are refused where they meet.
 */
export function generatedName(stack: string, logicalId: string, type: string): string {
  const readable = `${stack}-${logicalId.replace(CDK_HASH, '')}`.replace(/[^A-Za-z0-9-]/g, '-');
  // Buckets have no capitals.
  const name = type === 'AWS::S3::Bucket' ? readable.toLowerCase() : readable;
  return name.length <= LONGEST_NAME
    ? name
    : `${name.slice(0, LONGEST_NAME - 9)}-${identityOf(`${stack}-${logicalId}`).slice(0, 8)}`;
}
