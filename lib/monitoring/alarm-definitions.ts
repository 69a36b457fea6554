import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmId } from '../../core/monitoring/alarm-names.ts';
import type { Spec } from '../../core/spec/schema.ts';
import { deploys } from '../../core/spec/stages.ts';
import { modelMetric } from './model-metric.ts';

export interface AlarmDefinition {
  readonly alarm: AlarmId;
  /** What happened, in one plain sentence. */
  readonly happened: string;
  readonly metric: IMetric;
  /** When a period breaches. */
  readonly when: { readonly atLeast: number } | { readonly above: number };
  /** How many periods are looked at, and how many of them must breach. One by default. */
  readonly periods?: { readonly of: number; readonly breaching: number };
  /**
   * What a period without a value means. `all is well`: the metric counts events. `no news`: the metric tells how things
   * are, so the alarm stays as it is until the next value; going off and being over are then the ends of an incident.
   */
  readonly silence: 'all is well' | 'no news';
}

const MOMENT = Duration.minutes(5);

/** Of the last three windows; CloudWatch's own "2 of 3 periods" reaches back 7 days only, and windows may be longer. */
const DRIFTED_WINDOWS = 2;

/** Share of the requests of five minutes that may end in an error of ours. */
const MOST_ERRORS = 0.05;
/** Share of the requests of an hour that may end in an error of ours. */
const MOST_UNAVAILABLE = 0.01;
/** Milliseconds, for 99 of 100 requests. */
const SLOWEST_ANSWER = 1000;

/** The alarms of a model, in the order of docs/runbook.md. */
export const alarmsFor = (spec: Spec): readonly AlarmDefinition[] => [
  ...pipelineAlarms(spec),
  ...(deploys(spec) ? [...predictionAlarms(spec), ...endpointAlarms(spec)] : []),
];

function pipelineAlarms({ name, tables }: Spec): AlarmDefinition[] {
  const watched = Object.entries(tables).filter(([, { freshness }]) => freshness !== undefined);
  const limits = watched.map(([table, { freshness }]) => `${table}: ${freshness}`).join(', ');
  return [
    {
      alarm: 'quality',
      happened: `A file for ${name} broke its quality contract and lies in quarantine; nothing was trained on it.`,
      metric: modelMetric(name, 'UploadsQuarantined', { statistic: 'Sum', period: MOMENT }),
      when: { atLeast: 1 },
      silence: 'all is well',
    },
    ...(watched.length === 0
      ? []
      : [
          {
            alarm: 'freshness',
            happened: `The newest rows of ${name} are older than its spec allows (${limits}).`,
            metric: modelMetric(name, 'DataStaleness', { statistic: 'Maximum', period: MOMENT }),
            when: { above: 1 },
            silence: 'no news',
          } as const,
        ]),
    {
      alarm: 'failure',
      happened: `A workflow of ${name} ended with an error; production is as it was.`,
      metric: modelMetric(name, 'WorkflowFailures', { statistic: 'Sum', period: MOMENT }),
      when: { atLeast: 1 },
      silence: 'all is well',
    },
  ];
}

const predictionAlarms = ({ name, monitoring: { performance } }: Spec): AlarmDefinition[] => [
  {
    alarm: 'drift',
    happened: `The inputs of ${name} drifted from what it learned from in ${DRIFTED_WINDOWS} of its last 3 windows.`,
    metric: modelMetric(name, 'DriftedWindows', { statistic: 'Maximum', period: MOMENT }),
    when: { atLeast: DRIFTED_WINDOWS },
    silence: 'no news',
  },
  {
    alarm: 'performance',
    happened:
      `The ${performance.metric} of ${name} in production is more than ${percent(performance.max_drop)} ` +
      'worse than on its test data.',
    metric: modelMetric(name, 'ForecastErrorRatio', { statistic: 'Maximum', period: MOMENT }),
    when: { above: 1 + performance.max_drop },
    silence: 'no news',
  },
];

const endpointAlarms = ({ name }: Spec): AlarmDefinition[] => [
  {
    alarm: 'errors',
    happened: `More than ${percent(MOST_ERRORS)} of the requests to ${name} failed for five minutes.`,
    // Every request tells 0 or 1, so that their average is a share.
    metric: modelMetric(name, 'EndpointErrors', { statistic: 'Average', period: MOMENT }),
    when: { above: MOST_ERRORS },
    silence: 'all is well',
  },
  {
    alarm: 'latency',
    happened: `One in a hundred answers of ${name} took longer than ${SLOWEST_ANSWER} ms, for most of 25 minutes.`,
    metric: modelMetric(name, 'EndpointLatency', { statistic: 'p99', period: MOMENT }),
    when: { above: SLOWEST_ANSWER },
    periods: { of: 5, breaching: 3 },
    silence: 'all is well',
  },
  {
    alarm: 'availability',
    happened: `Fewer than ${percent(1 - MOST_UNAVAILABLE)} of the requests to ${name} were answered within an hour.`,
    metric: modelMetric(name, 'EndpointErrors', { statistic: 'Average', period: Duration.hours(1) }),
    when: { above: MOST_UNAVAILABLE },
    silence: 'all is well',
  },
];

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
