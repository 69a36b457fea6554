import { Choice, Condition, Pass, type StateMachine, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ACCEPTED, REQUESTS } from '../../core/storage/layout.ts';
import { modelOf, modelOfPointer } from './model-of.ts';
import { fields } from './step-payload.ts';
import { Workflow, type WorkflowProps } from './workflow.ts';

/**
 * Batch predictions: started with the time and key of a new request in requests/, of an accepted part, which forecasts
 * have to continue, or of a production pointer that has changed. A promotion asks for no file: it asks for the new
 * version's forecast.
 */
export class PredictionWorkflow extends Workflow {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id, 'prediction', props);

    const noteRequest = Pass.jsonPath(this, 'Note the request', {
      parameters: fields({ time: '$.time', key: '$.key', model: modelOf('$.key') }),
    });
    const noteData = Pass.jsonPath(this, 'Note the new data', {
      parameters: fields({ time: '$.time', key: '$.key', model: modelOf('$.key') }),
    });
    const notePromotion = Pass.jsonPath(this, 'Note the promotion', {
      parameters: fields({ time: '$.time', model: modelOfPointer('$.key') }),
    });
    const predictBatch = this.step('Predict batch', { step: 'predictBatch' });

    this.machine = this.build(
      Choice.jsonPath(this, 'Requested?')
        .when(Condition.stringMatches('$.key', `${REQUESTS}*`), noteRequest)
        .when(Condition.stringMatches('$.key', `${ACCEPTED}*`), noteData)
        .otherwise(notePromotion)
        .afterwards()
        .next(this.readSpec())
        .next(predictBatch)
        .next(Succeed.jsonPath(this, 'Predicted')),
    );
  }
}
