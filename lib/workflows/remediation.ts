import { Duration } from 'aws-cdk-lib';
import { EventField, type IRuleTarget } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Choice,
  Condition,
  IntegrationPattern,
  JsonPath,
  Map as MapState,
  type StateMachine,
  Succeed,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { retryOn } from './retries.ts';
import { fields } from './step-payload.ts';
import { Workflow, type WorkflowProps } from './workflow.ts';

export interface RemediationWorkflowProps extends WorkflowProps {
  /** The workflow that trains. */
  readonly delivery: StateMachine;
  /** The key of the owners' topics. */
  readonly notificationKey: IKey;
}

/** What follows when an alarm of production goes off, and when it is over. */
export class RemediationWorkflow extends Workflow {
  readonly machine: StateMachine;

  constructor(
    scope: Construct,
    id: string,
    { delivery, notificationKey, ...props }: RemediationWorkflowProps,
  ) {
    super(scope, id, 'remediation', props);

    const chooseRemedy = this.step('Choose remedy', { step: 'chooseRemedy', resultPath: '$.choice' });
    const rollBack = this.step('Roll back production', {
      step: 'rollBack',
      payload: { time: '$.time', spec: '$.spec', version: '$.choice.leave', reason: '$.choice.because' },
      // What came of it stands where the choice stood.
      resultPath: '$.choice',
    });
    const startRetraining = this.guarded(
      StepFunctionsStartExecution.jsonPath(this, 'Start retraining', {
        stateMachine: delivery,
        integrationPattern: IntegrationPattern.REQUEST_RESPONSE,
        input: TaskInput.fromObject(fields({ time: '$.time', model: '$.model' })),
        resultPath: JsonPath.DISCARD,
        taskTimeout: Timeout.duration(Duration.minutes(1)),
      }),
    );
    // Starting it twice does no harm: both train the same.
    startRetraining.addRetry(retryOn(['States.TaskFailed']));
    const recordRemedy = this.step('Record remedy', {
      step: 'recordRemedy',
      payload: {
        time: '$.time',
        spec: '$.spec',
        alarm: '$.alarm',
        reason: '$.reason',
        remedy: '$.choice.remedy',
        because: '$.choice.because',
      },
      resultPath: '$.notice',
    });
    const tellOwners = this.guarded(
      MapState.jsonPath(this, 'Tell owners', {
        itemsPath: '$.notice.roles',
        itemSelector: fields({
          ...{ model: '$.model', role: '$$.Map.Item.Value' },
          ...{ subject: '$.notice.subject', message: '$.notice.message' },
        }),
        resultPath: JsonPath.DISCARD,
      }),
    ).itemProcessor(
      this.notify('Notify owner', { role: '$.role', subject: '$.subject', message: '$.message' }),
    );
    recordRemedy.next(tellOwners).next(Succeed.jsonPath(this, 'Remedied'));
    const remedy = (name: string) => Condition.stringEquals('$.choice.remedy', name);

    this.machine = this.build(
      this.readSpec()
        .next(chooseRemedy)
        .next(
          Choice.jsonPath(this, 'Which remedy?')
            .when(remedy('none'), Succeed.jsonPath(this, 'Nothing to do'))
            .when(remedy('rollback'), rollBack.next(recordRemedy))
            .when(remedy('retrain'), startRetraining.next(recordRemedy))
            .otherwise(recordRemedy),
        ),
    );
    // The topics of the owners are encrypted.
    notificationKey.grant(this.machine, 'kms:Decrypt', 'kms:GenerateDataKey');
  }

  /** A rule's target that starts the workflow for a model when one of its alarms changes. */
  forAlarmOf(model: string): IRuleTarget {
    return this.target({
      time: EventField.time,
      model,
      alarm: EventField.fromPath('$.detail.alarmName'),
      state: EventField.fromPath('$.detail.state.value'),
      reason: EventField.fromPath('$.detail.state.reason'),
    });
  }
}
