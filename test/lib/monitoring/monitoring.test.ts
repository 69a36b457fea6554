import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { embeddedMetric, METRICS } from '../../../core/telemetry/metrics.ts';
import { alarmsFor } from '../../../lib/monitoring/alarms.ts';
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

const topic = (role: string) => ({ Ref: resourceOf(model, 'AWS::SNS::Topic', `Owners${role}`).id });

describe('alarms', () => {
  test.each([
    [
      'UploadsQuarantined',
      {
        AlarmName: 'Antei departures: uploads quarantined',
        AlarmDescription:
          'A file for departures broke its quality contract and lies in quarantine; nothing was trained on it. ' +
          'Concerns: data. See docs/runbook.md, "Uploads quarantined".',
        Statistic: 'Sum',
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      },
      ['Data'],
    ],
    [
      'WorkflowFailures',
      {
        AlarmName: 'Antei departures: workflow failed',
        AlarmDescription:
          'A workflow of departures ended with an error; production is as it was. ' +
          'Concerns: operations. See docs/runbook.md, "Workflow failed".',
        Statistic: 'Sum',
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      },
      ['Operations'],
    ],
    [
      'ForecastErrorRatio',
      {
        AlarmName: 'Antei departures: forecast error',
        AlarmDescription:
          'The mase of departures in production is more than 50 % worse than on its test data. ' +
          'Concerns: model and operations. See docs/runbook.md, "Forecast error".',
        Statistic: 'Maximum',
        Threshold: 1.5,
        ComparisonOperator: 'GreaterThanThreshold',
      },
      ['Model', 'Operations'],
    ],
  ])('%s', (metric, properties, roles) => {
    expect(resourceOf(model, 'AWS::CloudWatch::Alarm', `Alarms${metric}`).Properties).toEqual({
      Namespace: 'Antei',
      MetricName: metric,
      Dimensions: [{ Name: 'Model', Value: 'departures' }],
      Period: 300,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: roles.map(topic),
      ...properties,
    });
  });

  test('there are three', () => {
    expect(resourcesOf(model, 'AWS::CloudWatch::Alarm')).toHaveLength(3);
  });

  test('each watches a metric that the steps emit, with exactly its dimensions', () => {
    for (const { Properties } of resourcesOf(model, 'AWS::CloudWatch::Alarm')) {
      const { MetricName, Namespace, Dimensions } = z
        .looseObject({
          Namespace: z.string(),
          MetricName: z.enum(Object.keys(METRICS) as (keyof typeof METRICS)[]),
          Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })),
        })
        .parse(Properties);
      const emitted = JSON.parse(embeddedMetric('departures', '2001-06-01T00:00:00Z', { [MetricName]: 1 }));
      const [directive] = emitted._aws.CloudWatchMetrics;
      expect(directive.Namespace).toBe(Namespace);
      expect(directive.Metrics).toEqual([{ Name: MetricName, Unit: METRICS[MetricName] }]);
      expect(directive.Dimensions).toEqual([Dimensions.map(({ Name }) => Name)]);
      expect(Dimensions.map(({ Name }) => emitted[Name])).toEqual(Dimensions.map(({ Value }) => Value));
    }
  });

  test('the threshold of the forecast error follows the spec, in words too', () => {
    const performance = { metric: 'wape', max_drop: 0.075 } as const;
    const spec = { ...departures, monitoring: { ...departures.monitoring, performance } };
    const [, , alarm] = alarmsFor(spec);
    expect(alarm).toMatchObject({
      when: { above: 1.075 },
      happened: 'The wape of departures in production is more than 7.5 % worse than on its test data.',
    });
  });

  test('each has a runbook section that says what it means, how to investigate and how to resolve', () => {
    const runbook = readFileSync(join(PROJECT, 'docs', 'runbook.md'), 'utf8');
    const sections = runbook.split(/^## /m).slice(1);
    expect(sections.map(section => section.split('\n', 1)[0])).toEqual(
      alarmsFor(departures).map(({ heading }) => heading),
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
  expect(shown.map(([namespace, name, dimension, value]) => ({ namespace, name, dimension, value }))).toEqual(
    Object.keys(METRICS).map(name => ({ namespace: 'Antei', name, dimension: 'Model', value: 'departures' })),
  );
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
