import type { Activity } from './activity.ts';
import { UnsupportedError } from './errors.ts';
import type { Deliveries, Delivery } from './state/deliveries.ts';
import type { Resources } from './template/resources.ts';

/** One kind of target. */
interface Destination {
  readonly has: (arn: string) => boolean;
  readonly deliver: (delivery: Delivery) => Promise<void>;
}

interface DispatcherProps {
  readonly deliveries: Deliveries;
  readonly destinations: readonly Destination[];
  readonly activity: Activity;
  /** Called when a delivery has ended, before it is marked as done. */
  readonly beforeDone: () => Promise<void>;
}

/** Brings to their targets what is owed to them. */
export class Dispatcher {
  readonly #props: DispatcherProps;
  #stopped = false;

  constructor(props: DispatcherProps) {
    this.#props = props;
  }

  /** @throws UnsupportedError when a rule, schedule, alarm or subscription points to what is not in the template. */
  checkTargets(resources: Resources): void {
    const named = [
      ...resources
        .of('AWS::Events::Rule')
        .flatMap(({ place, properties }) => properties.Targets.map(({ Arn }) => ({ place, arn: Arn }))),
      ...resources
        .of('AWS::Scheduler::Schedule')
        .map(({ place, properties }) => ({ place, arn: properties.Target.Arn })),
      ...resources.of('AWS::CloudWatch::Alarm').flatMap(({ place, properties }) =>
        [...properties.AlarmActions, ...properties.OKActions, ...properties.InsufficientDataActions].map(
          arn => ({
            place,
            arn,
          }),
        ),
      ),
      ...resources
        .of('AWS::SNS::Subscription')
        .filter(({ properties }) => properties.Protocol === 'lambda' || properties.Protocol === 'sqs')
        .map(({ place, properties }) => ({ place, arn: properties.Endpoint })),
    ];
    const problems = named
      .filter(({ arn }) => this.#destination(arn) === undefined)
      .map(
        ({ place, arn }) =>
          `${place}: found the target ${arn}; allowed: state machines, functions, topics and queues of the app`,
      );
    if (problems.length > 0) throw new UnsupportedError(problems);
  }

  /** Starts everything that is owed and not under way. */
  startOwed(): void {
    for (;;) {
      const delivery = this.#stopped ? undefined : this.#props.deliveries.start();
      if (delivery === undefined) return;
      void this.#deliver(delivery);
    }
  }

  /** What is under way when this is called stays owed. */
  stop(): void {
    this.#stopped = true;
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { activity, deliveries, beforeDone } = this.#props;
    activity.enter();
    try {
      const destination = this.#destination(delivery.target);
      // A target that has left the template since: on AWS, too, the event would be lost.
      if (destination !== undefined) await destination.deliver(delivery);
      await beforeDone();
      if (!this.#stopped) await deliveries.done(delivery.id);
    } catch (error) {
      if (!this.#stopped) activity.fail(error);
    } finally {
      activity.leave();
    }
  }

  #destination(arn: string): Destination | undefined {
    return this.#props.destinations.find(({ has }) => has(arn));
  }
}
