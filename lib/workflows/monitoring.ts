import { Choice, Condition, Pass, type StateMachine, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { modelOf } from './model-of.ts';
import { fields, Workflow, type WorkflowProps } from './workflow.ts';

/**
 * Measures forecasts against what happened: started with the time and key of a new accepted part, or by a model's
 * schedule with the time and the model.
 */
export class MonitoringWorkflow extends Workflow {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id, 'monitoring', props);

    const noteData = Pass.jsonPath(this, 'Note the new data', {
      parameters: fields({ time: '$.time', key: '$.key', model: modelOf('$.key') }),
    });
    const measureWindow = this.step('Measure window', { step: 'measureWindow' });

    this.machine = this.build(
      Choice.jsonPath(this, 'New data?')
        .when(Condition.isPresent('$.key'), noteData)
        .afterwards({ includeOtherwise: true })
        .next(this.readSpec())
        .next(measureWindow)
        .next(Succeed.jsonPath(this, 'Measured')),
    );
  }
}
