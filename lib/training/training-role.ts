import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { TRAINING_INPUT, TRAINING_OUTPUT } from '../../core/storage/layout.ts';
import { acknowledgeWildcard } from '../acknowledge.ts';
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
  const images = stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: '*' });
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
      resources: [images],
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
  acknowledgeWildcard(
    role,
    logs,
    'SageMaker gives each job a log stream of its own, in its one log group for jobs; only writing is allowed.',
  );
  acknowledgeWildcard(
    role,
    images,
    "Pulling an image of this account: a spec names it, and the platform's stack knows no spec.",
  );
  acknowledgeWildcard(
    role,
    '*',
    'A token for ECR, and metrics, which are bound to their namespace by a condition: AWS ties neither to a resource.',
  );
  return role;
}
