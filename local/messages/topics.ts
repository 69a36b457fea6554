import { identityOf } from '../../core/storage/digest.ts';
import type { CloudEvent } from '../cloud-event.ts';
import { UnsupportedError } from '../errors.ts';
import type { Delivery } from '../state/deliveries.ts';
import type { Resource, Resources } from '../template/resources.ts';
import type { Outbox } from './outbox.ts';

interface Subscription {
  readonly protocol: string;
  readonly endpoint: string;
  readonly raw: boolean;
}

interface TopicsProps {
  readonly resources: Resources;
  readonly outbox: Outbox;
  readonly owe: (deliveries: readonly Delivery[]) => Promise<void>;
  readonly observe: (event: CloudEvent) => void;
}

/** Subscribers inside the template get their messages; what would leave it (mail, web) stays in the outbox. */
const INSIDE = ['lambda', 'sqs'];
const OUTSIDE = ['email', 'email-json', 'http', 'https', 'sms'];

/** The template's topics with their subscriptions. */
export class Topics {
  readonly #props: TopicsProps;
  readonly #topics: ReadonlyMap<
    string,
    { readonly name: string; readonly subscriptions: readonly Subscription[] }
  >;

  /** @throws UnsupportedError for a subscription by another protocol. */
  constructor(props: TopicsProps) {
    const { resources } = props;
    this.#props = props;
    const separate = resources.of('AWS::SNS::Subscription');
    this.#topics = new Map(
      resources.of('AWS::SNS::Topic').map(topic => [
        topic.arn,
        {
          name: topic.name,
          subscriptions: [
            ...topic.properties.Subscription.map(({ Protocol, Endpoint }) =>
              subscription(topic, Protocol, Endpoint, false),
            ),
            ...separate
              .filter(({ properties }) => properties.TopicArn === topic.arn)
              .map(({ properties: { Protocol, Endpoint, RawMessageDelivery } }) =>
                subscription(topic, Protocol, Endpoint, RawMessageDelivery),
              ),
          ],
        },
      ]),
    );
  }

  has(arn: string): boolean {
    return this.#topics.has(arn);
  }

  async publish({ id, target, input, subject = '', time }: Delivery): Promise<void> {
    const topic = this.#topics.get(target);
    if (topic === undefined) throw new Error(`There is no topic ${target}`);
    const { name, subscriptions } = topic;
    const message = typeof input === 'string' ? input : JSON.stringify(input);
    const { outbox, owe, observe } = this.#props;
    await outbox.add({
      id,
      topic: name,
      subject,
      message,
      time,
      endpoints: subscriptions.map(({ protocol, endpoint }) => ({ protocol, endpoint })),
    });
    const notification = {
      Type: 'Notification',
      MessageId: id,
      TopicArn: target,
      Subject: subject,
      Message: message,
      Timestamp: time,
      MessageAttributes: {},
    };
    await owe(
      subscriptions
        .filter(({ protocol }) => INSIDE.includes(protocol))
        .map(({ protocol, endpoint, raw }) => ({
          id: identityOf([id, endpoint]),
          target: endpoint,
          input:
            protocol === 'lambda'
              ? { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns: notification }] }
              : raw
                ? message
                : notification,
          time,
        })),
    );
    observe({
      kind: 'message-published',
      time: new Date(time),
      topic: name,
      subject,
      endpoints: subscriptions.map(({ protocol, endpoint }) => `${protocol}:${endpoint}`),
    });
  }
}

function subscription(
  { place }: Resource<'AWS::SNS::Topic'>,
  protocol: string,
  endpoint: string,
  raw: boolean,
): Subscription {
  if (!INSIDE.includes(protocol) && !OUTSIDE.includes(protocol)) {
    throw new UnsupportedError([
      `${place}: found a subscription by ${protocol}; allowed: ${[...INSIDE, ...OUTSIDE].join(', ')}`,
    ]);
  }
  return { protocol, endpoint, raw };
}
