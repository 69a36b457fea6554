import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { TRAINING_INPUT, TRAINING_OUTPUT } from '../../core/storage/layout.ts';
import type { ObjectBucket } from '../storage/object-bucket.ts';

/**
 * What a training job may do: read the data that was prepared for scripts, write what they leave, pull an image of the
 * account, and write its log and metrics. It reaches neither datasets, runs nor versions.
 */
export function trainingRole(scope: Construct, id: string, bucket: ObjectBucket): Role {
  const role = new Role(scope, id, { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
  bucket.grantObjects(role, { read: [TRAINING_INPUT], write: [TRAINING_OUTPUT] });
  const stack = Stack.of(scope);
  const logs = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: '/aws/sagemaker/TrainingJobs*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const permissions = [
    {
      actions: [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
      ],
      resources: [logs],
    },
    {
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: '*' })],
    },
    // AWS ties neither of these to a resource.
    { actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
    {
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': '/aws/sagemaker/TrainingJobs' } },
    },
  ];
  for (const permission of permissions) role.addToPolicy(new PolicyStatement(permission));
  return role;
}
