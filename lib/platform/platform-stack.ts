import { CfnOutput, type Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { S3_SERVER_ACCESS_LOGS_USE_BUCKET_POLICY } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import {
  ACCEPTED,
  INCOMING,
  PRODUCTION,
  REQUESTS,
  TRAINING_INPUT,
  TRAINING_OUTPUT,
} from '../../core/storage/layout.ts';
import type { Platform } from '../functions/library-layers.ts';
import { StepHandlers } from '../functions/step-handlers.ts';
import { deadLetters } from '../messages/dead-letters.ts';
import { notificationKey } from '../monitoring/notification-key.ts';
import { overviewDashboard } from '../monitoring/overview.ts';
import { PlatformAlarms } from '../monitoring/platform-alarms.ts';
import { accessLogs } from '../storage/access-logs.ts';
import { ObjectBucket } from '../storage/object-bucket.ts';
import { storageKey } from '../storage/storage-key.ts';
import { DeliveryWorkflow } from '../workflows/delivery.ts';
import { MonitoringWorkflow } from '../workflows/monitoring.ts';
import { PredictionWorkflow } from '../workflows/prediction.ts';
import { RemediationWorkflow } from '../workflows/remediation.ts';

export interface PlatformStackProps extends StackProps {
  readonly platform: Platform;
  /**
   * Encrypts the buckets of data and models with a key of this account, which the account can audit and revoke.
   * @default false: with a key of S3's own
   */
  readonly ownKey?: boolean;
  /**
   * How long no version of an object in the model bucket, the event log among them, can be deleted (Object Lock in
   * governance mode).
   * @default not at all
   */
  readonly retention?: Duration;
  /**
   * How many uploads are validated at once. Reserves this much of the account's concurrency and allows no more, so that
   * a flood of files cannot starve other functions.
   * @default as many as the account allows
   */
  readonly uploadsAtOnce?: number;
  /**
   * Mail address of who operates the platform.
   * @default nobody is told of the platform's own alarms until somebody subscribes to their topic
   */
  readonly operations?: string;
}

/** What all models share: storage, functions and workflows. It knows no model. */
export class PlatformStack extends Stack {
  readonly monitoring: MonitoringWorkflow;
  readonly remediation: RemediationWorkflow;
  readonly notificationKey: Key;
  readonly dataBucket: ObjectBucket;
  readonly modelBucket: ObjectBucket;
  /** Where functions will run. */
  readonly target: Platform;

  constructor(
    scope: Construct,
    id: string,
    { platform, ownKey, retention, uploadsAtOnce, operations, ...props }: PlatformStackProps,
  ) {
    super(scope, id, props);
    // In an app with other flags, CDK would want the log bucket to take access lists.
    this.node.setContext(S3_SERVER_ACCESS_LOGS_USE_BUCKET_POLICY, true);

    const logs = accessLogs(this, 'AccessLogs');
    const storage = {
      accessLogs: logs,
      key: ownKey === true ? storageKey(this, 'StorageKey') : undefined,
    };
    const dataBucket = new ObjectBucket(this, 'Data', { ...storage, variable: 'dataStore' });
    const modelBucket = new ObjectBucket(this, 'Models', {
      ...storage,
      variable: 'modelStore',
      passing: [TRAINING_INPUT, TRAINING_OUTPUT],
      lock: { retention },
    });
    this.dataBucket = dataBucket;
    this.modelBucket = modelBucket;
    this.target = platform;
    const handlers = new StepHandlers(this, 'Steps', { dataBucket, modelBucket, platform, uploadsAtOnce });
    const shared = { handlers, deadLetters: deadLetters(this, 'DeadLetters') };

    this.notificationKey = notificationKey(this, 'NotificationKey');
    const delivery = new DeliveryWorkflow(this, 'Delivery', {
      ...{ ...shared, modelBucket, notificationKey: this.notificationKey },
    });
    const prediction = new PredictionWorkflow(this, 'Prediction', shared);
    this.monitoring = new MonitoringWorkflow(this, 'Monitoring', shared);
    this.remediation = new RemediationWorkflow(this, 'Remediation', {
      ...shared,
      delivery: delivery.machine,
      notificationKey: this.notificationKey,
    });
    const { topic } = new PlatformAlarms(this, 'Alarms', {
      deadLetters: shared.deadLetters,
      key: this.notificationKey,
      ...(operations !== undefined && { operations }),
    });

    overviewDashboard(this, 'Overview', {
      machines: [delivery, prediction, this.monitoring, this.remediation].map(({ machine }) => machine),
      functions: Object.values(handlers.functions),
    });

    dataBucket.onObjectCreated('Uploaded', { prefix: INCOMING }, delivery.onObject());
    dataBucket.onObjectCreated('Requested', { prefix: REQUESTS }, prediction.onObject());
    // A part's description lies beside it: only the part itself is news.
    dataBucket.onObjectCreated('Accepted', { wildcard: `${ACCEPTED}*.parquet` }, this.monitoring.onObject());
    dataBucket.onObjectCreated('Continued', { wildcard: `${ACCEPTED}*.parquet` }, prediction.onObject());
    modelBucket.onObjectCreated('Promoted', { prefix: PRODUCTION }, prediction.onObject());

    new CfnOutput(this, 'DataBucket', { value: dataBucket.bucket.bucketName });
    new CfnOutput(this, 'ModelBucket', { value: modelBucket.bucket.bucketName });
    new CfnOutput(this, 'AccessLogBucket', { value: logs.bucketName });
    new CfnOutput(this, 'DeadLetterQueue', { value: shared.deadLetters.queueUrl });
    new CfnOutput(this, 'OperationsTopic', { value: topic.topicArn });
    new CfnOutput(this, 'DeliveryMachine', { value: delivery.machine.stateMachineArn });
    new CfnOutput(this, 'PredictionMachine', { value: prediction.machine.stateMachineArn });
    new CfnOutput(this, 'MonitoringMachine', { value: this.monitoring.machine.stateMachineArn });
    new CfnOutput(this, 'RemediationMachine', { value: this.remediation.machine.stateMachineArn });
  }
}
