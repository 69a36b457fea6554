import { EventField, type IRuleTarget } from 'aws-cdk-lib/aws-events';
import { Choice, Condition, JsonPath, Pass, type StateMachine, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { modelOf } from './model-of.ts';
import { fields } from './step-payload.ts';
import { Workflow, type WorkflowProps } from './workflow.ts';

/**
 * Measures predictions against what happened, and how old the newest data is: started with the time and key of a new
 * accepted part, or by a model's schedules with the time and the model.
 */
export class MonitoringWorkflow extends Workflow {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id, 'monitoring', props);

    const noteData = Pass.jsonPath(this, 'Note the new data', {
      parameters: fields({ time: '$.time', key: '$.key', model: modelOf('$.key') }),
    });
    const checkFreshness = this.step('Check freshness', {
      step: 'checkFreshness',
      payload: { time: '$.time', spec: '$.spec' },
      resultPath: JsonPath.DISCARD,
    });
    const measureWindow = this.step('Measure window', { step: 'measureWindow' });

    this.machine = this.build(
      Choice.jsonPath(this, 'New data?')
        .when(Condition.isPresent('$.key'), noteData)
        .afterwards({ includeOtherwise: true })
        .next(this.readSpec())
        .next(checkFreshness)
        .next(
          Choice.jsonPath(this, 'Freshness only?')
            .when(Condition.isPresent('$.freshnessOnly'), Succeed.jsonPath(this, 'Checked'))
            .otherwise(measureWindow.next(Succeed.jsonPath(this, 'Measured'))),
        ),
    );
  }

  /** A rule's target that only looks how old the newest data of a model is. */
  freshnessOf(model: string): IRuleTarget {
    return this.target({ time: EventField.time, model, freshnessOnly: 'yes' });
  }
}
