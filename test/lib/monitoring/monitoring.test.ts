import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ALARMS, PLATFORM_ALARMS } from '../../../core/monitoring/alarm-names.ts';
import { embeddedMetric, METRICS } from '../../../core/telemetry/metrics.ts';
import { alarmsFor } from '../../../lib/monitoring/alarm-definitions.ts';
import { scheduleOf } from '../../../lib/monitoring/schedule.ts';
import { PROJECT } from '../../../lib/project.ts';
import { departures, synthesize } from '../support/synthesize.ts';
import { resourceOf, resourcesOf, textOf } from '../support/template.ts';

let model: Template;
let platform: Template;
beforeAll(() => {
  const app = synthesize();
  ({ platform } = app);
  model = app.model('departures');
});

const metricShape = z.object({
  Namespace: z.string(),
  MetricName: z.enum(Object.keys(METRICS) as (keyof typeof METRICS)[]),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })),
});

const topic = (role: string) => ({ Ref: resourceOf(model, 'AWS::SNS::Topic', `Owners${role}`).id });

const alarmOf = (id: string) => resourceOf(model, 'AWS::CloudWatch::Alarm', `Alarms${id}`).Properties;
const described = (happened: string, concerns: string, heading: string): string =>
  `${happened} Concerns: ${concerns}. See docs/runbook.md, "${heading}".`;
const watching = (MetricName: string, Statistic = 'Sum') => ({
  ...{ Namespace: 'Antei', MetricName, Statistic, Period: 300 },
  Dimensions: [{ Name: 'Model', Value: 'departures' }],
});

describe('alarms', () => {
  const once = { EvaluationPeriods: 1, DatapointsToAlarm: 1 };
  const atLeast = (Threshold: number) => ({
    Threshold,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  });
  const above = (Threshold: number) => ({ Threshold, ComparisonOperator: 'GreaterThanThreshold' });

  test.each([
    [
      'Quality',
      {
        AlarmName: 'Antei departures: uploads quarantined',
        AlarmDescription: described(
          'A file for departures broke its quality contract and lies in quarantine; nothing was trained on it.',
          'data',
          'Uploads quarantined',
        ),
        ...{ ...watching('UploadsQuarantined'), ...once, ...atLeast(1), TreatMissingData: 'notBreaching' },
      },
      ['Data'],
    ],
    [
      'Freshness',
      {
        AlarmName: 'Antei departures: data too old',
        AlarmDescription: described(
          'The newest rows of departures are older than its spec allows (flights: 8 days).',
          'data and operations',
          'Data too old',
        ),
        ...{ ...watching('DataStaleness', 'Maximum'), ...once, ...above(1), TreatMissingData: 'ignore' },
      },
      ['Data', 'Operations'],
    ],
    [
      'Failure',
      {
        AlarmName: 'Antei departures: workflow failed',
        AlarmDescription: described(
          'A workflow of departures ended with an error; production is as it was.',
          'operations',
          'Workflow failed',
        ),
        ...{ ...watching('WorkflowFailures'), ...once, ...atLeast(1), TreatMissingData: 'notBreaching' },
      },
      ['Operations'],
    ],
    [
      'Drift',
      {
        AlarmName: 'Antei departures: data drift',
        AlarmDescription: described(
          'The inputs of departures drifted from what it learned from in 2 of its last 3 windows.',
          'model and data',
          'Data drift',
        ),
        ...{ ...watching('DriftedWindows', 'Maximum'), ...once, ...atLeast(2), TreatMissingData: 'ignore' },
      },
      ['Model', 'Data'],
    ],
    [
      'Performance',
      {
        AlarmName: 'Antei departures: performance degraded',
        AlarmDescription: described(
          'The mase of departures in production is more than 50 % worse than on its test data.',
          'model and operations',
          'Performance degraded',
        ),
        ...{ ...watching('ForecastErrorRatio', 'Maximum'), ...once, ...above(1.5) },
        TreatMissingData: 'ignore',
      },
      ['Model', 'Operations'],
    ],
    [
      'Errors',
      {
        AlarmName: 'Antei departures: endpoint errors',
        AlarmDescription: described(
          'More than 5 % of the requests to departures failed for five minutes.',
          'operations',
          'Endpoint errors',
        ),
        ...{ ...watching('EndpointErrors', 'Average'), ...once, ...above(0.05) },
        TreatMissingData: 'notBreaching',
      },
      ['Operations'],
    ],
    [
      'Latency',
      {
        AlarmName: 'Antei departures: endpoint latency',
        AlarmDescription: described(
          'One in a hundred answers of departures took longer than 1000 ms, for most of 25 minutes.',
          'operations',
          'Endpoint latency',
        ),
        ...{ Namespace: 'Antei', MetricName: 'EndpointLatency', ExtendedStatistic: 'p99', Period: 300 },
        Dimensions: [{ Name: 'Model', Value: 'departures' }],
        ...{ EvaluationPeriods: 5, DatapointsToAlarm: 3, ...above(1000), TreatMissingData: 'notBreaching' },
      },
      ['Operations'],
    ],
    [
      'Availability',
      {
        AlarmName: 'Antei departures: endpoint availability',
        AlarmDescription: described(
          'Fewer than 99 % of the requests to departures were answered within an hour.',
          'operations',
          'Endpoint availability',
        ),
        ...{ ...watching('EndpointErrors', 'Average'), Period: 3600, ...once, ...above(0.01) },
        TreatMissingData: 'notBreaching',
      },
      ['Operations'],
    ],
  ])('%s', (id, properties, roles) => {
    expect(alarmOf(id)).toEqual({ AlarmActions: roles.map(topic), ...properties });
  });

  test('there are eight', () => {
    expect(resourcesOf(model, 'AWS::CloudWatch::Alarm')).toHaveLength(8);
  });

  test('one for each that has a name', () => {
    expect(alarmsFor(departures).map(({ alarm }) => alarm)).toEqual(Object.keys(ALARMS));
  });

  test('each watches metrics that the handlers emit, with exactly their dimensions', () => {
    for (const { Properties } of resourcesOf(model, 'AWS::CloudWatch::Alarm')) {
      const { MetricName, Namespace, Dimensions } = metricShape.parse(Properties);
      const emitted = JSON.parse(embeddedMetric('departures', '2001-06-01T00:00:00Z', { [MetricName]: 1 }));
      const [directive] = emitted._aws.CloudWatchMetrics;
      expect(directive.Namespace).toBe(Namespace);
      expect(directive.Metrics).toEqual([{ Name: MetricName, Unit: METRICS[MetricName] }]);
      expect(directive.Dimensions).toContainEqual(Dimensions.map(({ Name }) => Name));
      expect(Dimensions.map(({ Name }) => emitted[Name])).toEqual(Dimensions.map(({ Value }) => Value));
    }
  });

  test('the threshold of the performance follows the spec, in words too', () => {
    const performance = { metric: 'wape', max_drop: 0.075 } as const;
    const spec = { ...departures, monitoring: { ...departures.monitoring, performance } };
    expect(alarmsFor(spec).find(({ alarm }) => alarm === 'performance')).toMatchObject({
      when: { above: 1.075 },
      happened: 'The wape of departures in production is more than 7.5 % worse than on its test data.',
    });
  });

  test('a model that is not deployed has none about production, one without a freshness none about that', () => {
    const flights = { ...departures.tables.flights, freshness: undefined };
    const spec = { ...departures, stage: 'experiments', tables: { ...departures.tables, flights } } as const;
    expect(alarmsFor(Object.assign({}, departures, spec)).map(({ alarm }) => alarm)).toEqual([
      'quality',
      'failure',
    ]);
  });

  test('each has a runbook section that says what it means, how to investigate and how to resolve', () => {
    const runbook = readFileSync(join(PROJECT, 'docs', 'runbook.md'), 'utf8');
    const sections = runbook.split(/^## /m).slice(1);
    expect(sections.map(section => section.split('\n', 1)[0])).toEqual(
      Object.values({ ...ALARMS, ...PLATFORM_ALARMS }),
    );
    for (const section of sections) {
      expect(section.match(/^\*\*[^*]+\*\*/gm)).toEqual([
        '**What it means.**',
        '**How to investigate.**',
        '**How to resolve.**',
      ]);
    }
  });
});

test('an alarm of production that goes off or is over starts the remediation, one of the pipeline does not', () => {
  expect(resourceOf(model, 'AWS::Events::Rule', 'Incidents').Properties).toMatchObject({
    EventPattern: {
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: {
        alarmName: ['data too old', 'data drift', 'performance degraded']
          .concat(['endpoint errors', 'endpoint latency', 'endpoint availability'])
          .map(heading => `Antei departures: ${heading}`),
        state: { value: ['ALARM', 'OK'] },
      },
    },
    Targets: [
      {
        InputTransformer: {
          InputPathsMap: {
            time: '$.time',
            'detail-alarmName': '$.detail.alarmName',
            'detail-state-value': '$.detail.state.value',
            'detail-state-reason': '$.detail.state.reason',
          },
          InputTemplate:
            '{"time":<time>,"model":"departures","alarm":<detail-alarmName>,"state":<detail-state-value>,' +
            '"reason":<detail-state-reason>}',
        },
      },
    ],
  });
});

describe('topics', () => {
  test('one per role, encrypted, with the owner as subscriber', () => {
    for (const { Properties } of resourcesOf(model, 'AWS::SNS::Topic')) {
      expect(textOf(Properties.KmsMasterKeyId)).toContain('NotificationKey');
    }
    const subscriptions = resourcesOf(model, 'AWS::SNS::Subscription').map(({ Properties }) => Properties);
    expect(subscriptions).toEqual([
      { Endpoint: 'data@example.com', Protocol: 'email', TopicArn: topic('Data') },
      { Endpoint: 'science@example.com', Protocol: 'email', TopicArn: topic('Model') },
      { Endpoint: 'operations@example.com', Protocol: 'email', TopicArn: topic('Operations') },
    ]);
  });

  test('let alarms of the account publish, over TLS, and use the key', () => {
    const condition = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
    for (const { Properties } of resourcesOf(model, 'AWS::SNS::TopicPolicy')) {
      const { PolicyDocument, Topics } = z
        .object({
          PolicyDocument: z.object({ Statement: z.array(z.unknown()) }),
          Topics: z.array(z.unknown()),
        })
        .parse(Properties);
      expect(PolicyDocument.Statement).toEqual([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        {
          Sid: '1',
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: condition,
          Resource: Topics[0],
        },
      ]);
    }
    const { KeyPolicy, EnableKeyRotation } = resourceOf(
      platform,
      'AWS::KMS::Key',
      'NotificationKey',
    ).Properties;
    expect(EnableKeyRotation).toBe(true);
    expect(z.object({ Statement: z.array(z.unknown()) }).parse(KeyPolicy).Statement[1]).toEqual({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: condition,
      Resource: '*',
    });
  });

  test('a role without an owner has a topic and no subscriber', () => {
    const lonely = { ...departures, owners: { operations: 'ops@example.com' } };
    const template = synthesize([lonely]).model('departures');
    expect(resourcesOf(template, 'AWS::SNS::Topic')).toHaveLength(3);
    expect(
      resourcesOf(template, 'AWS::SNS::Subscription').map(({ Properties }) => Properties.Endpoint),
    ).toEqual(['ops@example.com']);
  });
});

test('the dashboard shows every metric of the model, and all alarms', () => {
  const { DashboardBody, DashboardName } = resourceOf(
    model,
    'AWS::CloudWatch::Dashboard',
    'Dashboard',
  ).Properties;
  expect(DashboardName).toBe('Antei-departures');
  const body = z
    .object({
      widgets: z.array(
        z.object({
          properties: z.looseObject({
            alarms: z.array(z.string()).optional(),
            metrics: z
              .array(z.tuple([z.string(), z.string(), z.string(), z.string()]).rest(z.unknown()))
              .optional(),
          }),
        }),
      ),
    })
    .parse(JSON.parse(textOf(DashboardBody)));
  const shown = body.widgets.flatMap(({ properties }) => properties.metrics ?? []);
  expect(
    new Set(shown.map(([namespace, name, dimension, value]) => [namespace, name, dimension, value].join())),
  ).toEqual(new Set(Object.keys(METRICS).map(name => `Antei,${name},Model,departures`)));
  expect(body.widgets[0]?.properties.alarms).toEqual(
    resourcesOf(model, 'AWS::CloudWatch::Alarm').map(({ id }) => `<${id}>`),
  );
});

describe('schedule', () => {
  test('starts monitoring with the time and the model', () => {
    expect(resourceOf(model, 'AWS::Events::Rule', 'MonitoringSchedule').Properties).toMatchObject({
      Name: 'antei-departures-monitoring',
      ScheduleExpression: 'rate(7 days)',
      State: 'ENABLED',
      Targets: [
        {
          InputTransformer: {
            InputPathsMap: { time: '$.time' },
            InputTemplate: '{"time":<time>,"model":"departures"}',
          },
        },
      ],
    });
  });

  test.each([
    ['15 minutes', 'rate(15 minutes)'],
    ['1 hour', 'rate(1 hour)'],
    ['36 hours', 'rate(36 hours)'],
    ['1 day', 'rate(1 day)'],
    ['2 weeks', 'rate(14 days)'],
    ['1 month', 'rate(30 days)'],
    ['1 year', 'rate(360 days)'],
  ])('every %s is %s', (every, expression) => {
    expect(scheduleOf(every).expressionString).toBe(expression);
  });
});
