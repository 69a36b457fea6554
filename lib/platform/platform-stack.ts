import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
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
import { notificationKey } from '../monitoring/notification-key.ts';
import { overviewDashboard } from '../monitoring/overview.ts';
import { ObjectBucket } from '../storage/object-bucket.ts';
import { DeliveryWorkflow } from '../workflows/delivery.ts';
import { MonitoringWorkflow } from '../workflows/monitoring.ts';
import { PredictionWorkflow } from '../workflows/prediction.ts';
import { RemediationWorkflow } from '../workflows/remediation.ts';

export interface PlatformStackProps extends StackProps {
  readonly platform: Platform;
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

  constructor(scope: Construct, id: string, { platform, ...props }: PlatformStackProps) {
    super(scope, id, props);

    const dataBucket = new ObjectBucket(this, 'Data', { variable: 'dataStore' });
    const modelBucket = new ObjectBucket(this, 'Models', {
      variable: 'modelStore',
      passing: [TRAINING_INPUT, TRAINING_OUTPUT],
    });
    this.dataBucket = dataBucket;
    this.modelBucket = modelBucket;
    this.target = platform;
    const handlers = new StepHandlers(this, 'Steps', { dataBucket, modelBucket, platform });

    this.notificationKey = notificationKey(this, 'NotificationKey');
    const delivery = new DeliveryWorkflow(this, 'Delivery', {
      ...{ handlers, modelBucket, notificationKey: this.notificationKey },
    });
    const prediction = new PredictionWorkflow(this, 'Prediction', { handlers });
    this.monitoring = new MonitoringWorkflow(this, 'Monitoring', { handlers });
    this.remediation = new RemediationWorkflow(this, 'Remediation', {
      handlers,
      delivery: delivery.machine,
      notificationKey: this.notificationKey,
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
    new CfnOutput(this, 'DeliveryMachine', { value: delivery.machine.stateMachineArn });
    new CfnOutput(this, 'PredictionMachine', { value: prediction.machine.stateMachineArn });
    new CfnOutput(this, 'MonitoringMachine', { value: this.monitoring.machine.stateMachineArn });
    new CfnOutput(this, 'RemediationMachine', { value: this.remediation.machine.stateMachineArn });
  }
}
