import { expect, test } from 'vitest';
import { BUCKET, lambdaTask, rule, start } from './support/started-cloud.ts';
import { inlineFunction, stateMachine } from './support/written-assembly.ts';

test('an alarm on AWS’s own metrics, with metric math, starts a workflow by its event', async () => {
  const metric = (id: string, name: string) => ({
    Id: id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/Lambda',
        MetricName: name,
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'Function' } }],
      },
      Period: 300,
      Stat: 'Sum',
    },
  });
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    Function: inlineFunction(
      'exports.handler = async e => { if (e.detail.object.key.startsWith("bad")) throw new Error("no") }',
    ),
    Machine: stateMachine({ StartAt: 'Work', States: { Work: lambdaTask('Function') } }),
    Rule: rule({ Ref: 'Machine' }),
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'error-rate',
        Metrics: [
          metric('errors', 'Errors'),
          metric('calls', 'Invocations'),
          { Id: 'rate', Expression: '100 * errors / calls' },
        ],
        Threshold: 40,
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
      },
    },
    Remedy: stateMachine(
      { StartAt: 'Done', States: { Done: { Type: 'Succeed', InputPath: '$.detail.alarmName' } } },
      { StateMachineName: 'remedy' },
    ),
    OnAlarm: rule(
      { Ref: 'Remedy' },
      {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        detail: { state: { value: ['ALARM'] } },
      },
    ),
  });
  await upload('good-1');
  await upload('good-2');
  await upload('bad-1');
  expect(cloud.alarms()).toMatchObject([{ state: 'OK' }]);
  await upload('bad-2');
  expect(cloud.alarms()).toMatchObject([{ state: 'ALARM', reason: 'the last value, 50, is more than 40' }]);
  expect(cloud.executions().filter(({ machine }) => machine === 'remedy')).toMatchObject([
    { output: 'error-rate' },
  ]);
});
