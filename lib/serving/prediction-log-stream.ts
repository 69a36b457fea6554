import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { CfnSubscriptionFilter, type LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { dataKeys, PREDICTION_LOG_ERRORS } from '../../core/storage/layout.ts';
import { acknowledgeWildcard } from '../acknowledge.ts';
import type { ObjectBucket } from '../storage/object-bucket.ts';

export interface PredictionLogStreamProps {
  /** Name of the model. */
  readonly model: string;
  readonly dataBucket: ObjectBucket;
  /** The log of the endpoint. */
  readonly logGroup: LogGroup;
}

/**
 * Brings the lines of the prediction log from a log group into objects. CloudWatch Logs delivers them in gzipped envelopes,
 * at least once; Firehose takes them out of these and puts the lines of a minute into one object, under its hour.
 */
export class PredictionLogStream extends Construct {
  constructor(scope: Construct, id: string, { model, dataBucket, logGroup }: PredictionLogStreamProps) {
    super(scope, id);
    const { bucket } = dataBucket;
    const { account } = Stack.of(this);
    const prefix = dataKeys.predictionLog(model);
    const failed = `${PREDICTION_LOG_ERRORS}${model}/`;
    const folders = [prefix, failed].map(folder => bucket.arnForObjects(`${folder}*`));
    const writer = new Role(this, 'WriterRole', {
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'sts:ExternalId': account } },
      }),
      inlinePolicies: {
        WriteObjects: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
              resources: folders,
            }),
            new PolicyStatement({
              actions: ['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
              resources: [bucket.bucketArn],
            }),
            ...(bucket.encryptionKey === undefined
              ? []
              : [
                  new PolicyStatement({
                    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
                    resources: [bucket.encryptionKey.keyArn],
                  }),
                ]),
          ],
        }),
      },
    });
    for (const folder of folders) {
      acknowledgeWildcard(
        writer,
        folder,
        "The objects of the model's own prediction log, which are named after their minute.",
      );
    }
    const stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: bucket.bucketArn,
        roleArn: writer.roleArn,
        // Firehose adds the folders of year, month, day and hour.
        prefix,
        errorOutputPrefix: `${failed}!{firehose:error-output-type}/`,
        bufferingHints: { intervalInSeconds: 60, sizeInMBs: 5 },
        compressionFormat: 'GZIP',
        fileExtension: '.jsonl.gz',
        processingConfiguration: {
          enabled: true,
          processors: [
            {
              type: 'Decompression',
              parameters: [{ parameterName: 'CompressionFormat', parameterValue: 'GZIP' }],
            },
            {
              type: 'CloudWatchLogProcessing',
              parameters: [{ parameterName: 'DataMessageExtraction', parameterValue: 'true' }],
            },
          ],
        },
      },
    });
    const feeder = new Role(this, 'FeederRole', {
      assumedBy: new ServicePrincipal('logs.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
      inlinePolicies: {
        PutRecords: new PolicyDocument({
          statements: [
            new PolicyStatement({
              effect: Effect.ALLOW,
              actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
              resources: [stream.attrArn],
            }),
          ],
        }),
      },
    });
    new CfnSubscriptionFilter(this, 'Filter', {
      logGroupName: logGroup.logGroupName,
      filterPattern: '{ $.antei = "prediction" }',
      destinationArn: stream.attrArn,
      roleArn: feeder.roleArn,
    });
  }
}
