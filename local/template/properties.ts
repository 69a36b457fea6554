import * as z from 'zod';
import { actions, code, count, dimensions, inert, pathName, ruleTarget } from './property-shapes.ts';

/**
 * The properties that the embedded cloud knows, by resource type: those that it acts on with their shape, those that
 * make no difference as `inert`. Any other property is refused by name. A type without an entry is inert as a whole.
 */
export const PROPERTIES = {
  'AWS::S3::Bucket': z.strictObject({
    BucketName: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
        'allowed: 3 to 63 lower-case letters, digits, dots and hyphens',
      )
      .optional(),
    NotificationConfiguration: z
      .strictObject({
        EventBridgeConfiguration: z
          .strictObject({ EventBridgeEnabled: z.boolean().default(true) })
          .optional(),
      })
      .default({}),
    BucketEncryption: inert,
    LifecycleConfiguration: inert,
    LoggingConfiguration: inert,
    MetricsConfigurations: inert,
    // Nothing here deletes an object, and nobody is kept from the directory.
    ObjectLockConfiguration: inert,
    ObjectLockEnabled: inert,
    OwnershipControls: inert,
    PublicAccessBlockConfiguration: inert,
    Tags: inert,
    VersioningConfiguration: inert,
  }),
  'AWS::Lambda::Function': z.strictObject({
    FunctionName: pathName.optional(),
    Handler: z.string(),
    Runtime: z.string().regex(/^nodejs/, 'the runtime must be nodejs'),
    PackageType: z.literal('Zip').optional(),
    Code: code,
    Environment: z
      .strictObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) })
      .optional(),
    Timeout: count.default(3),
    MemorySize: count.default(128),
    Layers: z.array(z.string()).default([]),
    DeadLetterConfig: z.strictObject({ TargetArn: z.string() }).optional(),
    Architectures: inert,
    Description: inert,
    EphemeralStorage: inert,
    KmsKeyArn: inert,
    LoggingConfig: z
      .strictObject({
        LogGroup: z.string().optional(),
        // Lines as they were written; JSON would wrap them.
        LogFormat: z.literal('Text').optional(),
      })
      .optional(),
    RecursiveLoop: inert,
    ReservedConcurrentExecutions: inert,
    Role: inert,
    RuntimeManagementConfig: inert,
    Tags: inert,
    TracingConfig: inert,
  }),
  'AWS::Lambda::LayerVersion': z.strictObject({
    Content: code,
    CompatibleArchitectures: inert,
    CompatibleRuntimes: inert,
    Description: inert,
    LayerName: inert,
    LicenseInfo: inert,
  }),
  'AWS::Lambda::Url': z.strictObject({
    TargetFunctionArn: z.string(),
    InvokeMode: z.literal('BUFFERED').optional(),
    // Who may call is AWS's business; here only this machine can.
    AuthType: inert,
  }),
  'AWS::Lambda::EventInvokeConfig': z.strictObject({
    FunctionName: z.string(),
    Qualifier: z.literal('$LATEST'),
    MaximumRetryAttempts: count.optional(),
    MaximumEventAgeInSeconds: inert,
    DestinationConfig: z
      .strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() })
      .default({}),
  }),
  'AWS::StepFunctions::StateMachine': z.strictObject({
    StateMachineName: z.string().optional(),
    StateMachineType: z.enum(['STANDARD', 'EXPRESS']).default('STANDARD'),
    Definition: z.record(z.string(), z.unknown()).optional(),
    DefinitionString: z.string().optional(),
    DefinitionSubstitutions: z.record(z.string(), z.coerce.string()).default({}),
    EncryptionConfiguration: inert,
    LoggingConfiguration: inert,
    RoleArn: inert,
    Tags: inert,
    TracingConfiguration: inert,
  }),
  'AWS::Events::Rule': z.strictObject({
    Name: z.string().optional(),
    EventBusName: z.literal('default').optional(),
    EventPattern: z.record(z.string(), z.unknown()).optional(),
    ScheduleExpression: z.string().optional(),
    State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
    Targets: z.array(ruleTarget).default([]),
    Description: inert,
    RoleArn: inert,
    Tags: inert,
  }),
  'AWS::Scheduler::Schedule': z.strictObject({
    Name: z.string().optional(),
    GroupName: z.literal('default').optional(),
    ScheduleExpression: z.string(),
    ScheduleExpressionTimezone: z.enum(['UTC', 'Etc/UTC']).optional(),
    StartDate: z.iso.datetime({ offset: true }).optional(),
    EndDate: z.iso.datetime({ offset: true }).optional(),
    State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
    Target: z.strictObject({
      Arn: z.string(),
      Input: z.string().optional(),
      RoleArn: inert,
      DeadLetterConfig: inert,
      RetryPolicy: inert,
    }),
    Description: inert,
    FlexibleTimeWindow: inert,
    KmsKeyArn: inert,
  }),
  'AWS::CloudWatch::Alarm': z.strictObject({
    ...actions,
    AlarmName: z.string().optional(),
    AlarmDescription: z.string().default(''),
    Namespace: z.string().optional(),
    MetricName: z.string().optional(),
    Dimensions: dimensions,
    Statistic: z.enum(['Average', 'Maximum', 'Minimum', 'SampleCount', 'Sum']).optional(),
    ExtendedStatistic: z.string().optional(),
    Unit: z.string().optional(),
    Period: count.optional(),
    Metrics: z
      .array(
        z.strictObject({
          Id: z.string(),
          Expression: z.string().optional(),
          MetricStat: z
            .strictObject({
              Metric: z.strictObject({
                Namespace: z.string(),
                MetricName: z.string(),
                Dimensions: dimensions,
              }),
              Period: count,
              Stat: z.string(),
              Unit: z.string().optional(),
            })
            .optional(),
          ReturnData: z.boolean().default(true),
          Period: count.optional(),
          AccountId: inert,
          Label: inert,
        }),
      )
      .default([]),
    EvaluationPeriods: count,
    DatapointsToAlarm: count.optional(),
    Threshold: z.coerce.number(),
    ComparisonOperator: z.enum([
      'GreaterThanOrEqualToThreshold',
      'GreaterThanThreshold',
      'LessThanThreshold',
      'LessThanOrEqualToThreshold',
    ]),
    TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
    EvaluateLowSampleCountPercentile: inert,
    Tags: inert,
  }),
  'AWS::SNS::Topic': z.strictObject({
    TopicName: z.string().optional(),
    Subscription: z.array(z.strictObject({ Protocol: z.string(), Endpoint: z.string() })).default([]),
    DisplayName: inert,
    FifoTopic: z.literal(false).optional(),
    KmsMasterKeyId: inert,
    SignatureVersion: inert,
    Tags: inert,
    TracingConfig: inert,
  }),
  'AWS::SNS::Subscription': z.strictObject({
    TopicArn: z.string(),
    Protocol: z.string(),
    Endpoint: z.string(),
    RawMessageDelivery: z.boolean().default(false),
    Region: inert,
    RedrivePolicy: inert,
  }),
  'AWS::SQS::Queue': z.strictObject({
    QueueName: pathName.optional(),
    FifoQueue: z.literal(false).optional(),
    KmsDataKeyReusePeriodSeconds: inert,
    KmsMasterKeyId: inert,
    MessageRetentionPeriod: inert,
    ReceiveMessageWaitTimeSeconds: inert,
    RedrivePolicy: inert,
    SqsManagedSseEnabled: inert,
    Tags: inert,
    VisibilityTimeout: inert,
  }),
  'AWS::Logs::SubscriptionFilter': z.strictObject({
    LogGroupName: z.string(),
    FilterPattern: z
      .string()
      .regex(
        /^\{ \$\.\w+ = "[^"]*" \}$/,
        'allowed: a pattern of JSON lines that have a field with a text, such as { $.kind = "answer" }',
      ),
    DestinationArn: z.string(),
    RoleArn: inert,
  }),
  'AWS::KinesisFirehose::DeliveryStream': z.strictObject({
    DeliveryStreamName: pathName.optional(),
    DeliveryStreamType: z.literal('DirectPut').optional(),
    DeliveryStreamEncryptionConfigurationInput: inert,
    ExtendedS3DestinationConfiguration: z.strictObject({
      BucketARN: z.string(),
      Prefix: z.string().regex(/^[^!{}]*$/, 'allowed: a prefix without expressions'),
      CompressionFormat: z.enum(['UNCOMPRESSED', 'GZIP']).default('UNCOMPRESSED'),
      FileExtension: z.string().default(''),
      // What arrives is what was logged: a subscription's envelopes have to be taken off.
      ProcessingConfiguration: z.strictObject({
        Enabled: z.literal(true),
        Processors: z.tuple([
          z.strictObject({ Type: z.literal('Decompression'), Parameters: inert }),
          z.strictObject({ Type: z.literal('CloudWatchLogProcessing'), Parameters: inert }),
        ]),
      }),
      BufferingHints: inert,
      CloudWatchLoggingOptions: inert,
      ErrorOutputPrefix: inert,
      RoleARN: inert,
    }),
  }),
  'AWS::SSM::Parameter': z.strictObject({
    Name: z.string().optional(),
    Type: z.enum(['String', 'StringList']),
    Value: z.string(),
    AllowedPattern: inert,
    DataType: inert,
    Description: inert,
    Tags: inert,
    Tier: inert,
  }),
} as const;

export type ActiveType = keyof typeof PROPERTIES;
export type PropertiesOf<T extends ActiveType> = z.output<(typeof PROPERTIES)[T]>;
