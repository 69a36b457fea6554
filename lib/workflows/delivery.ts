import {
  Choice,
  Condition,
  Map as MapState,
  Pass,
  type StateMachine,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { modelOf } from './model-of.ts';
import { fields, Workflow, type WorkflowProps } from './workflow.ts';

/**
 * From an uploaded file to a version in production: started with the time and key of a new object in incoming/, or,
 * where a model shall learn again from what was accepted, with the time and the model.
 */
export class DeliveryWorkflow extends Workflow {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id, 'delivery', props);

    const noteUpload = Pass.jsonPath(this, 'Note the upload', {
      parameters: fields({ time: '$.time', key: '$.key', model: modelOf('$.key') }),
    });
    const validateUpload = this.step('Validate upload', {
      step: 'validateUpload',
      payload: { time: '$.time', spec: '$.spec', key: '$.key' },
      resultPath: '$.upload',
    });
    const snapshotDataset = this.step('Snapshot dataset', {
      step: 'snapshotDataset',
      payload: { time: '$.time', spec: '$.spec' },
      resultPath: '$.dataset',
    });
    const trainCandidates = this.guarded(
      MapState.jsonPath(this, 'Train candidates', {
        itemsPath: '$.dataset.candidates',
        itemSelector: fields({
          time: '$.time',
          spec: '$.spec',
          dataset: '$.dataset.dataset',
          candidate: '$$.Map.Item.Value',
        }),
        maxConcurrency: 10,
        resultPath: '$.runs',
      }),
    ).itemProcessor(this.task('Train candidate', { step: 'trainCandidate' }));
    const evaluateCandidates = this.step('Evaluate candidates', {
      step: 'evaluateCandidates',
      payload: { time: '$.time', spec: '$.spec', dataset: '$.dataset.dataset', runs: '$.runs' },
      resultPath: '$.evaluation',
    });
    const registerVersion = this.step('Register version', {
      step: 'registerVersion',
      payload: { time: '$.time', spec: '$.spec', dataset: '$.dataset.dataset', run: '$.evaluation.run' },
      resultPath: '$.registration',
    });
    const promoteVersion = this.step('Promote version', {
      step: 'promoteVersion',
      payload: { time: '$.time', spec: '$.spec', version: '$.registration.version' },
      resultPath: '$.promotion',
    });
    const end = (sentence: string) => Succeed.jsonPath(this, sentence);
    const choice = (question: string) => Choice.jsonPath(this, question);

    const train = snapshotDataset
      .next(trainCandidates)
      .next(evaluateCandidates)
      .next(
        choice('Gate passed?')
          .when(Condition.booleanEquals('$.evaluation.passed', false), end('Champion stays'))
          .otherwise(registerVersion.next(promoteVersion).next(end('Delivered'))),
      );
    const validate = validateUpload.next(
      choice('Accepted?')
        .when(Condition.booleanEquals('$.upload.accepted', false), end('Quarantined'))
        .otherwise(
          choice('Training due?')
            .when(Condition.booleanEquals('$.upload.trainingDue', false), end('Nothing to train'))
            .otherwise(train),
        ),
    );

    this.machine = this.build(
      choice('Uploaded?')
        .when(Condition.isPresent('$.key'), noteUpload)
        .afterwards({ includeOtherwise: true })
        .next(this.readSpec())
        .next(choice('To be validated?').when(Condition.isPresent('$.key'), validate).otherwise(train)),
    );
  }
}
