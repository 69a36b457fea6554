import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

/** What a service answers when it is busy or ill, never what our own code throws. */
export const LAMBDA_FAULTS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];
export const SSM_FAULTS = ['Ssm.InternalServerErrorException', 'Ssm.SdkClientException', 'Ssm.SsmException'];
export const SNS_FAULTS = ['Sns.InternalErrorException', 'Sns.ThrottledException', 'Sns.SdkClientException'];
export const SAGEMAKER_FAULTS = [
  'SageMaker.AmazonSageMakerException',
  'SageMaker.SageMakerException',
  'SageMaker.SdkClientException',
];

/** Six attempts over some two minutes; full jitter keeps executions that failed together from returning together. */
export const retryOn = (errors: string[]): RetryProps => ({
  errors,
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 6,
  maxDelay: Duration.minutes(1),
  jitterStrategy: JitterType.FULL,
});
