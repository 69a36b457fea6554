import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Choice,
  Condition,
  Map as MapState,
  Pass,
  type StateMachine,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ObjectBucket } from '../storage/object-bucket.ts';
import { modelOf } from './model-of.ts';
import { ScriptTraining } from './script-training.ts';
import { fields } from './step-payload.ts';
import { Workflow, type WorkflowProps } from './workflow.ts';

export interface DeliveryWorkflowProps extends WorkflowProps {
  /** Where training jobs find their data and leave their models. */
  readonly modelBucket: ObjectBucket;
  /** The key of the owners' topics. */
  readonly notificationKey: IKey;
}

/** The moment when a state begins. */
const NOW = '$$.State.EnteredTime';

/**
 * From an uploaded file to a version in production: started with the time and key of a new object in incoming/, or,
 * where a model shall learn again from what was accepted, with the time and the model.
 */
export class DeliveryWorkflow extends Workflow {
  readonly machine: StateMachine;

  constructor(
    scope: Construct,
    id: string,
    { modelBucket, notificationKey, ...props }: DeliveryWorkflowProps,
  ) {
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
      giveUp: this.task('Give candidate up', { step: 'trainCandidate' }),
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
    const end = (sentence: string) => Succeed.jsonPath(this, sentence);
    const choice = (question: string) => Choice.jsonPath(this, question);

    const train = snapshotDataset
      .next(trainCandidates)
      .next(evaluateCandidates)
      .next(
        choice('Gate passed?')
          .when(Condition.booleanEquals('$.evaluation.passed', false), end('Champion stays'))
          .otherwise(registerVersion.next(this.#release())),
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
    scripts.grantRun(this.machine);
    // The topics of the owners are encrypted.
    notificationKey.grant(this.machine, 'kms:Decrypt', 'kms:GenerateDataKey');
  }

  /** From a registered version to production: approval and trial, where the spec asks for them. */
  #release(): Choice {
    const version = { spec: '$.spec', version: '$.registration.version' };
    const choice = (question: string) => Choice.jsonPath(this, question);
    const end = (sentence: string) => Succeed.jsonPath(this, sentence);
    // A person, or traffic, took their time: what follows happens at another moment than the upload.
    const goOn = (sentence: string, inputPath: string) =>
      Pass.jsonPath(this, sentence, { inputPath, resultPath: '$.time' });

    const requestApproval = this.task('Request approval', {
      step: 'requestApproval',
      payload: { time: NOW, ...version },
      resultPath: '$.approval',
    });
    const notifyOwner = this.guarded(
      this.notify('Notify owner', {
        ...{ role: 'model', subject: '$.approval.subject', message: '$.approval.message' },
      }),
    );
    const waitForApproval = this.untilAnswered('Wait for approval', {
      step: 'awaitDecision',
      payload: { time: NOW, ...version, token: '$$.Task.Token' },
      timeoutPath: '$.approval.seconds',
      resultPath: '$.answer',
    });
    const recordDecision = this.step('Record decision', {
      step: 'recordDecision',
      payload: { time: NOW, ...version, answer: '$.answer' },
      resultPath: '$.decision',
    });
    const decided = (errors: string[]) => [recordDecision, { errors, resultPath: '$.answer' }] as const;
    this.guarded(requestApproval.addCatch(...decided(['ApprovalDecidedError'])));
    this.guarded(waitForApproval.addCatch(...decided(['ApprovalDecidedError', 'States.Timeout'])));

    const startRollout = this.step('Start rollout', {
      step: 'startRollout',
      payload: { time: NOW, ...version },
      resultPath: '$.rollout',
    });
    const wait = Wait.jsonPath(this, 'Wait for traffic', {
      time: WaitTime.timestampPath('$.rollout.until'),
    });
    const judgeRollout = this.step('Judge rollout', {
      step: 'judgeRollout',
      payload: { time: '$.time', ...version },
      resultPath: '$.judgement',
    });
    const takeBack = this.step('Take version back', {
      step: 'endRollout',
      payload: { time: '$.time', ...version, reason: '$.judgement.reason' },
      resultPath: '$.promotion',
    });
    const promoteVersion = this.step('Promote version', {
      step: 'promoteVersion',
      payload: { time: '$.time', ...version },
      resultPath: '$.promotion',
    });
    promoteVersion.next(end('Delivered'));

    const rollOut = choice('Trial needed?')
      .when(
        Condition.booleanEquals('$.registration.trial', true),
        startRollout.next(
          choice('On trial?')
            .when(
              Condition.booleanEquals('$.rollout.started', true),
              wait
                .next(goOn('Note the end of the trial', '$.rollout.until'))
                .next(judgeRollout)
                .next(
                  choice('Good enough?')
                    .when(Condition.booleanEquals('$.judgement.promote', true), promoteVersion)
                    .otherwise(takeBack.next(end('Taken back'))),
                ),
            )
            .otherwise(promoteVersion),
        ),
      )
      .otherwise(promoteVersion);
    return choice('Approval needed?')
      .when(
        Condition.booleanEquals('$.registration.approval', true),
        requestApproval
          .next(notifyOwner)
          .next(waitForApproval)
          .next(recordDecision)
          .next(
            choice('Approved?')
              .when(
                Condition.booleanEquals('$.decision.approved', true),
                goOn('Note the moment of the decision', '$.decision.time').next(rollOut),
              )
              .otherwise(end('Rejected')),
          ),
      )
      .otherwise(rollOut);
  }
}
