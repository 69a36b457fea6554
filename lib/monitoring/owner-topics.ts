import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { OwnerRole } from '../../core/spec/owner-roles.ts';
import type { Spec } from '../../core/spec/schema.ts';
import { capitalized } from '../capitalized.ts';
import { namesIn } from '../names.ts';
import { alarmsOf } from './notification-key.ts';

export interface OwnerTopicsProps {
  readonly spec: Spec;
  readonly key: IKey;
}

/** One encrypted topic per role of a model, with the role's owner as subscriber. */
export class OwnerTopics extends Construct {
  readonly topics: Readonly<Record<OwnerRole, Topic>>;

  constructor(scope: Construct, id: string, { spec, key }: OwnerTopicsProps) {
    super(scope, id);
    const names = namesIn(this);
    const create = (role: OwnerRole): Topic => {
      const topic = new Topic(this, capitalized(role), {
        // Workflows, which know a model by its name only, find its topics by theirs.
        topicName: names.topic(spec.name, role),
        displayName: `${names.title} ${spec.name}: ${role}`,
        masterKey: key,
        enforceSSL: true,
      });
      topic.grantPublish(alarmsOf(this));
      const address = spec.owners[role];
      if (address !== undefined) topic.addSubscription(new EmailSubscription(address));
      return topic;
    };
    this.topics = { data: create('data'), model: create('model'), operations: create('operations') };
  }
}
