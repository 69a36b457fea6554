import * as z from 'zod';
import { messageOf } from '../../core/telemetry/errors.ts';
import type { AlarmState, CloudEvent } from '../cloud-event.ts';
import { UnsupportedError } from '../errors.ts';
import type { BusEvent } from '../events/event.ts';
import { readJsonFile, writeAtomically } from '../state/atomic-file.ts';
import type { Delivery } from '../state/deliveries.ts';
import type { Resources } from '../template/resources.ts';
import { type AlarmChange, alarmActions, alarmEvent } from './alarm-change.ts';
import { judge } from './alarm-rule.ts';
import type { MetricStore } from './metric-store.ts';
import { type WatchedAlarm, watchAlarm } from './watched-alarm.ts';

export interface AlarmStatus {
  readonly name: string;
  readonly description: string;
  readonly state: AlarmState;
  readonly reason: string;
  /** Since when the alarm is in this state, virtual time. */
  readonly since: Date;
}

/** CloudWatch looks at an alarm once a minute. */
const MINUTE = 60_000;

const statesSchema = z.record(
  z.string(),
  z.strictObject({
    state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
    reason: z.string(),
    since: z.iso.datetime(),
  }),
);

type Known = z.output<typeof statesSchema>[string];

interface AlarmsProps {
  readonly resources: Resources;
  /** File of the alarms' states. */
  readonly path: string;
  readonly metrics: MetricStore;
  readonly observe: (event: CloudEvent) => void;
  /** Takes what an alarm's change sets off. */
  readonly owe: (deliveries: readonly Delivery[], event: BusEvent) => Promise<void>;
}

/** The template's alarms and the states that they are in. */
export class Alarms {
  readonly #props: AlarmsProps;
  readonly #watched: readonly WatchedAlarm[];
  readonly #states: Map<string, Known>;

  private constructor(props: AlarmsProps, watched: readonly WatchedAlarm[], states: Map<string, Known>) {
    this.#props = props;
    this.#watched = watched;
    this.#states = states;
  }

  /** @throws UnsupportedError for a metric, statistic or expression that is not known. */
  static async open(props: AlarmsProps, now: Date): Promise<Alarms> {
    const problems: string[] = [];
    const watched = props.resources.of('AWS::CloudWatch::Alarm').flatMap(alarm => {
      try {
        return [watchAlarm(alarm)];
      } catch (error) {
        problems.push(`${alarm.place}: ${messageOf(error)}`);
        return [];
      }
    });
    if (problems.length > 0) throw new UnsupportedError(problems);
    const saved = (await readJsonFile(props.path, statesSchema)) ?? {};
    const fresh: Known = {
      state: 'INSUFFICIENT_DATA',
      reason: 'the alarm has not been evaluated yet',
      since: now.toISOString(),
    };
    return new Alarms(
      props,
      watched,
      new Map(watched.map(({ alarm }) => [alarm.arn, saved[alarm.arn] ?? fresh])),
    );
  }

  list(): AlarmStatus[] {
    return this.#watched.map(({ alarm }) => {
      const { state, reason, since } = this.#stateOf(alarm.arn);
      return {
        name: alarm.name,
        description: alarm.properties.AlarmDescription,
        state,
        reason,
        since: new Date(since),
      };
    });
  }

  /** Judges every alarm by the data until the end of the minute that is under way. */
  async evaluate(now: Date): Promise<void> {
    let changed = false;
    for (const watched of this.#watched) {
      const { alarm, period } = watched;
      const known = this.#stateOf(alarm.arn);
      const windows = {
        period,
        end: evaluationEnd(now.getTime()),
        count: alarm.properties.EvaluationPeriods,
      };
      const values = watched.values(this.#props.metrics, windows);
      const { state, reason } = judge(alarm.properties, values, known.state);
      if (state === known.state) continue;
      await this.#change({ alarm, from: known.state, to: state, reason, time: now });
      changed = true;
    }
    if (changed) {
      await writeAtomically(
        this.#props.path,
        `${JSON.stringify(Object.fromEntries(this.#states), null, 2)}\n`,
      );
    }
  }

  /** The first moment after `time` at which a state may change without new data: a value leaves or enters a window. */
  nextChange(time: Date): Date | undefined {
    let first = Number.POSITIVE_INFINITY;
    const after = time.getTime();
    for (const { alarm, period, metrics } of this.#watched) {
      const { EvaluationPeriods: periods } = alarm.properties;
      for (const metric of metrics) {
        for (const point of this.#props.metrics.points(metric)) {
          const entered = minuteOf(point.time);
          if (entered + periods * period <= after) continue;
          const next =
            entered > after ? entered : entered + (Math.floor((after - entered) / period) + 1) * period;
          first = Math.min(first, next);
        }
      }
    }
    return Number.isFinite(first) ? new Date(first) : undefined;
  }

  #stateOf(arn: string): Known {
    const known = this.#states.get(arn);
    if (known === undefined) throw new Error(`There is no alarm ${arn}`);
    return known;
  }

  async #change(change: AlarmChange): Promise<void> {
    const { alarm, from, to, reason, time } = change;
    // Owed before it is remembered: after a kill in between, the same change is found again under the same id.
    await this.#props.owe(alarmActions(change), alarmEvent(change));
    this.#states.set(alarm.arn, { state: to, reason, since: time.toISOString() });
    this.#props.observe({ kind: 'alarm-changed', time, alarm: alarm.name, from, to, reason });
  }
}

const minuteOf = (time: number): number => Math.floor(time / MINUTE) * MINUTE;

const evaluationEnd = (now: number): number => minuteOf(now) + MINUTE;
