import * as z from 'zod';
import { identityOf } from '../../core/storage/digest.ts';
import { messageOf } from '../../core/telemetry/errors.ts';
import type { AlarmState, CloudEvent } from '../cloud-event.ts';
import { UnsupportedError } from '../errors.ts';
import { type BusEvent, eventTime } from '../events/event.ts';
import { readJsonFile, writeAtomically } from '../state/atomic-file.ts';
import type { Delivery } from '../state/deliveries.ts';
import type { Resource, Resources } from '../template/resources.ts';
import { type Judgement, judge } from './alarm-rule.ts';
import { compileMetricMath } from './metric-math.ts';
import type { MetricId, MetricStore } from './metric-store.ts';
import { type Statistic, statistic, type Windows, windowValues } from './statistics.ts';

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

/** Metrics that the embedded cloud itself emits in AWS's own namespaces. */
export const EMITTED_AWS_METRICS: Readonly<Record<string, readonly string[]>> = {
  'AWS/States': [
    'ExecutionsStarted',
    'ExecutionsSucceeded',
    'ExecutionsFailed',
    'ExecutionsTimedOut',
    'ExecutionTime',
  ],
  'AWS/Lambda': ['Invocations', 'Errors', 'Duration'],
};

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

interface Watched {
  readonly alarm: Resource<'AWS::CloudWatch::Alarm'>;
  /** Milliseconds. */
  readonly period: number;
  readonly metrics: readonly MetricId[];
  readonly values: (store: MetricStore, windows: Windows) => (number | undefined)[];
}

/** The template's alarms and the states that they are in. */
export class Alarms {
  readonly #props: AlarmsProps;
  readonly #watched: readonly Watched[];
  readonly #states: Map<string, Known>;

  private constructor(props: AlarmsProps, watched: readonly Watched[], states: Map<string, Known>) {
    this.#props = props;
    this.#watched = watched;
    this.#states = states;
  }

  /** @throws UnsupportedError for a metric, statistic or expression that is not known. */
  static async open(props: AlarmsProps, now: Date): Promise<Alarms> {
    const problems: string[] = [];
    const watched = props.resources.of('AWS::CloudWatch::Alarm').flatMap(alarm => {
      try {
        return [watch(alarm)];
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
      const judgement = judge(alarm.properties, watched.values(this.#props.metrics, windows), known.state);
      if (judgement.state === known.state) continue;
      await this.#change(alarm, known.state, judgement, now);
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

  async #change(
    alarm: Resource<'AWS::CloudWatch::Alarm'>,
    from: AlarmState,
    { state: to, reason }: Judgement,
    now: Date,
  ): Promise<void> {
    const { properties, arn, name } = alarm;
    const id = identityOf([arn, to, now.toISOString()]);
    const actions = !properties.ActionsEnabled
      ? []
      : {
          ALARM: properties.AlarmActions,
          OK: properties.OKActions,
          INSUFFICIENT_DATA: properties.InsufficientDataActions,
        }[to];
    const message = alarmMessage(alarm, from, to, reason, now);
    const deliveries = actions.map(target => ({
      id: identityOf([id, target]),
      target,
      input: message,
      subject: `${to}: "${name}"`,
      time: eventTime(now),
    }));
    // Owed before it is remembered: after a kill in between, the same change is found again under the same id.
    await this.#props.owe(deliveries, alarmEvent(alarm, id, from, to, reason, now));
    this.#states.set(arn, { state: to, reason, since: now.toISOString() });
    this.#props.observe({ kind: 'alarm-changed', time: now, alarm: name, from, to, reason });
  }
}

const minuteOf = (time: number): number => Math.floor(time / MINUTE) * MINUTE;

const evaluationEnd = (now: number): number => minuteOf(now) + MINUTE;

function watch(alarm: Resource<'AWS::CloudWatch::Alarm'>): Watched {
  const { properties } = alarm;
  if (properties.Metrics.length === 0) {
    const { Namespace, MetricName, Dimensions, Statistic, ExtendedStatistic, Period } = properties;
    if (Namespace === undefined || MetricName === undefined || Period === undefined) {
      throw new UnsupportedError(['found no metric; allowed: Namespace, MetricName and Period, or Metrics']);
    }
    const metric = metricId(Namespace, MetricName, Dimensions);
    const compute = computing(Statistic ?? ExtendedStatistic ?? '');
    return {
      alarm,
      period: periodOf(Period),
      metrics: [metric],
      values: (store, windows) => windowValues(store.points(metric), windows, compute),
    };
  }
  return watchExpression(alarm);
}

function watchExpression(alarm: Resource<'AWS::CloudWatch::Alarm'>): Watched {
  const { Metrics } = alarm.properties;
  const metrics = new Map<string, { metric: MetricId; compute: Statistic; period: number }>();
  const expressions = new Map<string, ReturnType<typeof compileMetricMath>>();
  for (const { Id, Expression, MetricStat } of Metrics) {
    if (MetricStat !== undefined) {
      const { Namespace, MetricName, Dimensions } = MetricStat.Metric;
      metrics.set(Id, {
        metric: metricId(Namespace, MetricName, Dimensions),
        compute: computing(MetricStat.Stat),
        period: periodOf(MetricStat.Period),
      });
    } else {
      expressions.set(Id, compileMetricMath(Expression ?? ''));
    }
  }
  const [result, ...others] = Metrics.filter(({ ReturnData }) => ReturnData);
  const [period, ...periods] = new Set([...metrics.values()].map(metric => metric.period));
  if (result === undefined || others.length > 0)
    throw new UnsupportedError(['Metrics: exactly one may have ReturnData']);
  if (period === undefined || periods.length > 0)
    throw new UnsupportedError(['Metrics: all need one and the same Period']);
  for (const { ids } of expressions.values()) {
    for (const id of ids) {
      if (!metrics.has(id) && !expressions.has(id))
        throw new UnsupportedError([`Metrics: there is no "${id}"`]);
    }
  }
  return {
    alarm,
    period,
    metrics: [...metrics.values()].map(({ metric }) => metric),
    values: (store, windows) => {
      const series = new Map(
        [...metrics].map(([id, { metric, compute }]) => [
          id,
          windowValues(store.points(metric), windows, compute),
        ]),
      );
      const valueAt = (id: string, i: number): number | undefined =>
        series.get(id)?.[i] ?? expressions.get(id)?.evaluate(inner => valueAt(inner, i));
      return Array.from({ length: windows.count }, (_, i) => valueAt(result.Id, i));
    },
  };
}

function metricId(
  namespace: string,
  name: string,
  dimensions: readonly { readonly Name: string; readonly Value: string }[],
): MetricId {
  if (namespace.startsWith('AWS/') && !EMITTED_AWS_METRICS[namespace]?.includes(name)) {
    const emitted = Object.entries(EMITTED_AWS_METRICS).map(
      ([space, names]) => `${space} ${names.join(', ')}`,
    );
    throw new UnsupportedError([
      `found the metric ${namespace} ${name}, which is not emitted here; of AWS's own there are: ${emitted.join('; ')}`,
    ]);
  }
  return {
    namespace,
    name,
    dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
  };
}

function computing(name: string): Statistic {
  const found = statistic(name);
  if (found === undefined) {
    throw new UnsupportedError([
      `found the statistic "${name}"; allowed: Sum, Average, Minimum, Maximum, SampleCount and percentiles such as p99`,
    ]);
  }
  return found;
}

function periodOf(seconds: number): number {
  if (seconds < 60 || seconds % 60 !== 0) {
    throw new UnsupportedError([`found the period ${seconds}; allowed: whole minutes, in seconds`]);
  }
  return seconds * 1000;
}

/** What an alarm's action receives. */
function alarmMessage(
  { name, arn, account, region, properties }: Resource<'AWS::CloudWatch::Alarm'>,
  from: AlarmState,
  to: AlarmState,
  reason: string,
  now: Date,
): Record<string, unknown> {
  return {
    AlarmName: name,
    AlarmDescription: properties.AlarmDescription,
    AWSAccountId: account,
    NewStateValue: to,
    NewStateReason: reason,
    StateChangeTime: now.toISOString(),
    Region: region,
    AlarmArn: arn,
    OldStateValue: from,
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
function alarmEvent(
  { name, arn, account, region, properties }: Resource<'AWS::CloudWatch::Alarm'>,
  id: string,
  from: AlarmState,
  to: AlarmState,
  reason: string,
  now: Date,
): BusEvent {
  return {
    version: '0',
    id,
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account,
    time: eventTime(now),
    region,
    resources: [arn],
    detail: {
      alarmName: name,
      state: { value: to, reason, timestamp: now.toISOString() },
      previousState: { value: from },
      configuration: { description: properties.AlarmDescription },
    },
  };
}
