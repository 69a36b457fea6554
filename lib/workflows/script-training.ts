import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import {
  Choice,
  Condition,
  CustomState,
  type IChainable,
  JsonPath,
  type StateMachine,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService, type LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledge.ts';
import { namesIn } from '../names.ts';
import type { ObjectBucket } from '../storage/object-bucket.ts';
import { trainingRole } from '../training/training-role.ts';
import { retryOn, SAGEMAKER_FAULTS } from './retries.ts';

export interface ScriptTrainingProps {
  readonly modelBucket: ObjectBucket;
  /** Writes what the job reads, and puts the job's parameters under `$.job`. */
  readonly prepare: LambdaInvoke;
  /** Trains a candidate; of a script, from what its job left. */
  readonly train: LambdaInvoke;
  /** Records that a candidate could not be trained, with the reason under `$.lost`. */
  readonly giveUp: LambdaInvoke;
}

/** How a function ends that runs out of time or of memory. Candidates are independent: the others go on. */
const LOST = [
  'Sandbox.Timedout',
  'States.Timeout',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'Lambda.Unknown',
];

/**
 * How a candidate is trained: at once, or, where it is a script, by a SageMaker training job before. Whatever becomes of
 * the job, the candidate's run is recorded. A job that is there already, because an event came twice, is waited for.
 */
export class ScriptTraining extends Construct {
  readonly start: IChainable;
  readonly #role: Role;

  constructor(scope: Construct, id: string, { modelBucket, prepare, train, giveUp }: ScriptTrainingProps) {
    super(scope, id);
    this.#role = trainingRole(this, 'JobRole', modelBucket);
    // The states' names are those of the machine, not of this construct.
    const choice = (question: string) => Choice.jsonPath(scope, question);
    const run = new CustomState(scope, 'Run training job', { stateJson: this.#job(modelBucket) });
    const look = CallAwsService.jsonPath(scope, 'Look at training job', {
      service: 'sagemaker',
      action: 'describeTrainingJob',
      iamAction: 'sagemaker:DescribeTrainingJob',
      iamResources: [this.#jobs()],
      parameters: { TrainingJobName: JsonPath.stringAt('$.job.name') },
      resultPath: '$.described',
      taskTimeout: Timeout.duration(Duration.minutes(1)),
    });
    const wait = Wait.jsonPath(scope, 'Wait for training job', {
      time: WaitTime.duration(Duration.minutes(1)),
    });
    const isUnderWay = Condition.or(
      ...['InProgress', 'Stopping'].map(status =>
        Condition.stringEquals('$.described.TrainingJobStatus', status),
      ),
    );
    train.addCatch(giveUp, { errors: LOST, resultPath: '$.lost' });
    prepare.addCatch(train, { errors: ['TrainingError'], resultPath: '$.failure' });
    run.addRetry(retryOn(SAGEMAKER_FAULTS));
    run.addCatch(
      // A job that failed is told of by this error; any other may mean that there is a job of this name.
      choice('Did the job fail?')
        .when(Condition.stringEquals('$.failure.Error', 'States.TaskFailed'), train)
        .otherwise(look),
      { resultPath: '$.failure' },
    );
    look.addRetry(retryOn(SAGEMAKER_FAULTS));
    look.addCatch(train, { resultPath: JsonPath.DISCARD });
    look.next(choice('Job under way?').when(isUnderWay, wait.next(look)).otherwise(train));
    this.start = choice('Script?')
      .when(
        Condition.stringEquals('$.candidate.trainer', 'script'),
        prepare.next(
          choice('Did a job end before?')
            .when(Condition.booleanEquals('$.job.ended', true), train)
            .otherwise(run.next(train)),
        ),
      )
      .otherwise(train);
  }

  /** Lets the machine run jobs under the jobs' role, and hear of their end. */
  grantRun(machine: StateMachine): void {
    const rule = Stack.of(this).formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: 'StepFunctionsGetEventsForSageMakerTrainingJobsRule',
    });
    const permissions = [
      {
        actions: [
          'sagemaker:CreateTrainingJob',
          'sagemaker:DescribeTrainingJob',
          'sagemaker:StopTrainingJob',
          // Step Functions marks the jobs that it has started.
          'sagemaker:AddTags',
          'sagemaker:ListTags',
        ],
        resources: [this.#jobs()],
      },
      {
        actions: ['iam:PassRole'],
        resources: [this.#role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      },
      { actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], resources: [rule] },
    ];
    for (const permission of permissions) machine.addToRolePolicy(new PolicyStatement(permission));
    acknowledgeWildcard(
      machine.role,
      this.#jobs(),
      'Training jobs have a name for each run, and all of this deployment begin so; no others in the account are reached.',
    );
  }

  #jobs(): string {
    return Stack.of(this).formatArn({
      service: 'sagemaker',
      resource: 'training-job',
      resourceName: `${namesIn(this).trainingJobs}*`,
    });
  }

  /** CDK's own task takes neither an entry point nor a time limit from the state. */
  #job({ bucket }: ObjectBucket): Record<string, unknown> {
    const uri = (key: string): string => `States.Format('s3://${bucket.bucketName}/{}', ${key})`;
    const channel = (name: string) => ({
      ChannelName: name,
      ContentType: 'text/csv',
      DataSource: {
        S3DataSource: {
          S3DataType: 'S3Prefix',
          S3DataDistributionType: 'FullyReplicated',
          'S3Uri.$': uri(`$.job.channels.${name}`),
        },
      },
    });
    return {
      Type: 'Task',
      Resource: `arn:${Stack.of(this).partition}:states:::sagemaker:createTrainingJob.sync`,
      Parameters: {
        'TrainingJobName.$': '$.job.name',
        RoleArn: this.#role.roleArn,
        AlgorithmSpecification: {
          'TrainingImage.$': '$.job.image',
          'ContainerEntrypoint.$': '$.job.command',
          TrainingInputMode: 'File',
        },
        'HyperParameters.$': '$.job.hyperparameters',
        'Environment.$': '$.job.variables',
        InputDataConfig: [channel('train'), channel('validation')],
        OutputDataConfig: { 'S3OutputPath.$': uri('$.job.output') },
        ResourceConfig: { InstanceCount: 1, 'InstanceType.$': '$.job.instance', VolumeSizeInGB: 30 },
        StoppingCondition: { 'MaxRuntimeInSeconds.$': '$.job.seconds' },
        // The program has what it needs in its image; with the team's data at hand it reaches nothing else.
        EnableNetworkIsolation: true,
      },
      // Longer than any job: SageMaker ends it at its own limit, and that is the reason to have on record.
      TimeoutSeconds: Duration.days(29).toSeconds(),
      ResultPath: '$.described',
    };
  }
}
