import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** CloudWatch's alarms of this account. */
export const alarmsOf = (scope: Construct): ServicePrincipal =>
  new ServicePrincipal('cloudwatch.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });

/** The key of all notification topics. AWS's own key for SNS does not let CloudWatch publish, so there is one of ours. */
export function notificationKey(scope: Construct, id: string): Key {
  const key = new Key(scope, id, {
    description: 'Antei: notifications to the owners of models',
    enableKeyRotation: true,
  });
  key.grant(alarmsOf(scope), 'kms:Decrypt', 'kms:GenerateDataKey*');
  return key;
}
