import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { HANDLERS } from '../../../lib/functions/handlers.ts';
import { statesOf } from '../support/machine.ts';
import { synthesize } from '../support/synthesize.ts';
import { resourceOf } from '../support/template.ts';
import { STEPS } from '../support/workflow-inputs.ts';

let platform: Template;
beforeAll(() => {
  ({ platform } = synthesize());
});

describe.each([
  [
    'Delivery',
    [
      'Uploaded?',
      'Read model spec',
      'Note the upload',
      'Keep model spec',
      'To be validated?',
      'Validate upload',
      'Accepted?',
      'Training due?',
      'Snapshot dataset',
      'Train candidates',
      'Script?',
      'Train candidate',
      'Give candidate up',
      'Prepare training job',
      'Did a job end before?',
      'Run training job',
      'Did the job fail?',
      'Look at training job',
      'Wait for training job',
      'Job under way?',
      'Evaluate candidates',
      'Gate passed?',
      'Register version',
      'Approval needed?',
      'Trial needed?',
      'Note the moment of the decision',
      'Approved?',
      'Record decision',
      'Request approval',
      'Notify owner',
      'Wait for approval',
      'Record failure',
      'Start rollout',
      'On trial?',
      'Promote version',
      'Good enough?',
      'Judge rollout',
      'Note the end of the trial',
      'Wait for traffic',
      'Take version back',
      'Taken back',
      'Delivered',
      'Delivery failed',
      'Rejected',
      'Champion stays',
      'Nothing to train',
      'Quarantined',
    ],
  ],
  [
    'Prediction',
    [
      'Requested?',
      'Note the promotion',
      'Read model spec',
      'Note the request',
      'Note the new data',
      'Keep model spec',
      'Predict batch',
      'Predicted',
      'Record failure',
      'Prediction failed',
    ],
  ],
  [
    'Monitoring',
    [
      'New data?',
      'Read model spec',
      'Note the new data',
      'Keep model spec',
      'Check freshness',
      'Freshness only?',
      'Measure window',
      'Measured',
      'Record failure',
      'Monitoring failed',
      'Checked',
    ],
  ],
  [
    'Remediation',
    [
      'Read model spec',
      'Keep model spec',
      'Choose remedy',
      'Which remedy?',
      'Record remedy',
      'Tell owners',
      'Notify owner',
      'Remedied',
      'Record failure',
      'Remediation failed',
      'Start retraining',
      'Roll back production',
      'Nothing to do',
    ],
  ],
])('the machine %s', (id, names) => {
  test('logs its steps, without data, and traces them, under a name that people recognize', () => {
    const { StateMachineName, LoggingConfiguration, TracingConfiguration } = resourceOf(
      platform,
      'AWS::StepFunctions::StateMachine',
      id,
    ).Properties;
    expect(StateMachineName).toBe(`antei-${id.toLowerCase()}`);
    expect(LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(TracingConfiguration).toEqual({ Enabled: true });
    expect(resourceOf(platform, 'AWS::Logs::LogGroup', `${id}Log`).Properties).toEqual({
      LogGroupName: `/aws/vendedlogs/states/antei-${id.toLowerCase()}`,
      RetentionInDays: 90,
    });
  });

  test('has these states, each name once', () => {
    const found = statesOf(platform, id).map(([name]) => name);
    expect(found.toSorted()).toEqual(names.toSorted());
    expect(new Set(found).size).toBe(found.length);
  });

  test('lets every failure end in Record failure', () => {
    const ofCandidates = [
      ...['Prepare training job', 'Run training job', 'Look at training job', 'Train candidate'],
    ];
    const guarded = Object.fromEntries(
      statesOf(platform, id).flatMap(([name, { Catch }]) =>
        Catch === undefined || ofCandidates.includes(name) ? [] : [[name, Catch]],
      ),
    );
    const others = ['Read model spec', 'Train candidates', 'Notify owner', 'Start retraining', 'Tell owners'];
    const fallible = names.filter(name => STEPS[name] !== undefined || others.includes(name));
    const recorded = { ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Record failure' };
    const decided = (...errors: string[]) => ({
      ErrorEquals: errors,
      ResultPath: '$.answer',
      Next: 'Record decision',
    });
    const first: Readonly<Record<string, unknown>> = {
      'Request approval': decided('ApprovalDecidedError'),
      'Wait for approval': decided('ApprovalDecidedError', 'States.Timeout'),
    };
    // The failure of a candidate, or of telling one of several owners, is caught by the Map around it; what records failures has nowhere to turn.
    const unguarded = [
      ...['Train candidate', 'Give candidate up', 'Prepare training job', 'Record failure'],
      ...(names.includes('Tell owners') ? ['Notify owner'] : []),
    ];
    expect(guarded).toEqual(
      Object.fromEntries(
        fallible
          .filter(name => !unguarded.includes(name))
          .map(name => [name, name in first ? [first[name], recorded] : [recorded]]),
      ),
    );
  });

  test('asks busy services again, with full jitter, and gives a task a little longer than its function', () => {
    const policy = {
      IntervalSeconds: 2,
      BackoffRate: 2,
      MaxAttempts: 6,
      MaxDelaySeconds: 60,
      JitterStrategy: 'FULL',
    };
    const lambda = [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
    ];
    const sagemaker = [
      'SageMaker.AmazonSageMakerException',
      'SageMaker.SageMakerException',
      'SageMaker.SdkClientException',
    ];
    const ssm = ['Ssm.InternalServerErrorException', 'Ssm.SdkClientException', 'Ssm.SsmException'];
    const sns = ['Sns.InternalErrorException', 'Sns.ThrottledException', 'Sns.SdkClientException'];
    const busy: Readonly<Record<string, string[]>> = {
      ...{ 'Read model spec': ssm, 'Notify owner': sns, 'Start retraining': ['States.TaskFailed'] },
    };
    const seconds: Readonly<Record<string, number | undefined>> = {
      // How long a person may take is said by the spec.
      ...{ 'Read model spec': 60, 'Notify owner': 60, 'Wait for approval': undefined },
      // SageMaker ends a job after 28 days.
      ...{ 'Look at training job': 60, 'Run training job': 29 * 86_400, 'Start retraining': 60 },
    };
    const tasks = statesOf(platform, id).filter(([, { Type }]) => Type === 'Task');
    expect(tasks.map(([name, { Retry, TimeoutSeconds }]) => [name, Retry, TimeoutSeconds])).toEqual(
      tasks.map(([name]) => [
        name,
        [
          {
            ErrorEquals: busy[name] ?? (STEPS[name] === undefined ? sagemaker : lambda),
            ...policy,
          },
        ],
        name in seconds ? seconds[name] : HANDLERS[STEPS[name] ?? 'recordFailure'].duckdb ? 960 : 120,
      ]),
    );
  });
});
