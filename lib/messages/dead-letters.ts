import { Duration, Stack } from 'aws-cdk-lib';
import type { IRuleTarget } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';

/** Where events go that could not be delivered, of the rules of all stacks of this deployment. */
export function deadLetters(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    // SQS's longest: two weeks to look at an event and to send it again.
    retentionPeriod: Duration.days(14),
  });
  // All rules of the account rather than each by name, so that a new model does not change the stack of the queue.
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
        ArnLike: {
          'aws:SourceArn': Stack.of(scope).formatArn({
            service: 'events',
            resource: 'rule',
            resourceName: '*',
          }),
        },
      },
    }),
  );
  acknowledge(
    queue,
    'SQS3',
    'This queue is itself the dead letter queue of all event rules; people empty it.',
  );
  return queue;
}

/** A rule's target whose events go to a queue when EventBridge has given up: after 185 tries within 24 hours. */
export const orElse = (target: IRuleTarget, { queueArn }: IQueue): IRuleTarget => ({
  bind: (rule, id) => ({ ...target.bind(rule, id), deadLetterConfig: { arn: queueArn } }),
});
