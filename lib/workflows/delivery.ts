import {
  Choice,
  Condition,
  Map as MapState,
  Pass,
  type StateMachine,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ObjectBucket } from '../storage/object-bucket.ts';
import { modelOf } from './model-of.ts';
import { ScriptTraining } from './script-training.ts';
import { fields, Workflow, type WorkflowProps } from './workflow.ts';

export interface DeliveryWorkflowProps extends WorkflowProps {
  /** Where training jobs find their data and leave their models. */
  readonly modelBucket: ObjectBucket;
}

/** From an uploaded file to a version in production: started with the time and key of a new object in incoming/. */
export class DeliveryWorkflow extends Workflow {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { modelBucket, ...props }: DeliveryWorkflowProps) {
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
    const scripts = new ScriptTraining(this, 'Scripts', {
      modelBucket,
      prepare: this.task('Prepare training job', {
        step: 'prepareTrainingJob',
        payload: { time: '$.time', spec: '$.spec', dataset: '$.dataset', candidate: '$.candidate' },
        resultPath: '$.job',
      }),
      train: this.task('Train candidate', { step: 'trainCandidate' }),
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
    ).itemProcessor(scripts.start);
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

    this.machine = this.build(
      noteUpload
        .next(this.readSpec())
        .next(validateUpload)
        .next(
          choice('Accepted?')
            .when(Condition.booleanEquals('$.upload.accepted', false), end('Quarantined'))
            .otherwise(
              choice('Training due?')
                .when(Condition.booleanEquals('$.upload.trainingDue', false), end('Nothing to train'))
                .otherwise(
                  snapshotDataset
                    .next(trainCandidates)
                    .next(evaluateCandidates)
                    .next(
                      choice('Gate passed?')
                        .when(Condition.booleanEquals('$.evaluation.passed', false), end('Champion stays'))
                        .otherwise(registerVersion.next(promoteVersion).next(end('Delivered'))),
                    ),
                ),
            ),
        ),
    );
    scripts.grantRun(this.machine);
  }
}
