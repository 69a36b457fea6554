import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventField, type IRuleTarget, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  type Chain,
  DefinitionBody,
  Fail,
  type IChainable,
  IntegrationPattern,
  JitterType,
  JsonPath,
  LogLevel,
  type Map as MapState,
  Pass,
  type RetryProps,
  StateMachine,
  TaskInput,
  type TaskStateBase,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService, LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { OWNER_ROLES, type OwnerRole } from '../../core/spec/owner-roles.ts';
import { specParameterName } from '../../core/spec/packed-spec.ts';
import type { StepName, steps } from '../../core/workflow/steps.ts';
import { capitalized } from '../capitalized.ts';
import type { StepHandlers } from '../functions/step-handlers.ts';
import { ownerTopicName } from '../monitoring/owner-topics.ts';

/** What a service answers when it is busy or ill, never what our own code throws. */
const LAMBDA_FAULTS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];
const SSM_FAULTS = ['Ssm.InternalServerErrorException', 'Ssm.SdkClientException', 'Ssm.SsmException'];
const SNS_FAULTS = ['Sns.InternalErrorException', 'Sns.ThrottledException', 'Sns.SdkClientException'];

/** Six attempts over some two minutes; full jitter keeps executions that failed together from returning together. */
export const retryOn = (errors: string[]): RetryProps => ({
  errors,
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 6,
  maxDelay: Duration.minutes(1),
  jitterStrategy: JitterType.FULL,
});

/** The very fields of a step's contract, each a path of the state or a text as it is. */
type StepPayload<S extends StepName> = { readonly [K in keyof z.input<(typeof steps)[S]['input']>]: string };

/** A payload, or a map's item, as Step Functions fills it in. */
export const fields = (payload: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(payload).map(([key, value]) => [
      key,
      /^\$[.$]/.test(value) ? JsonPath.stringAt(value) : value,
    ]),
  );

interface TaskProps<S extends StepName> {
  readonly step: S;
  /** @default the whole state, of which the step takes the fields that it knows */
  readonly payload?: StepPayload<S>;
  /** @default the answer replaces the state */
  readonly resultPath?: string;
}

export interface WorkflowProps {
  readonly handlers: StepHandlers;
}

/**
 * A state machine whose state always has `time` and `model`, after `readSpec` also `spec`. It never carries data, only
 * keys and small facts. Whatever fails ends in Record failure.
 */
export abstract class Workflow extends Construct {
  abstract readonly machine: StateMachine;
  readonly #name: string;
  readonly #handlers: StepHandlers;
  readonly #failed: IChainable;

  /** @param name What the event log calls the workflow. */
  constructor(scope: Construct, id: string, name: string, { handlers }: WorkflowProps) {
    super(scope, id);
    this.#name = name;
    this.#handlers = handlers;
    this.#failed = this.#recordFailure();
  }

  /** A rule's target that starts the workflow with the time and key of a new object. */
  onObject(): IRuleTarget {
    return this.target({ time: EventField.time, key: EventField.fromPath('$.detail.object.key') });
  }

  /** A rule's target that starts the workflow for a model, at the time of the event. */
  forModel(model: string): IRuleTarget {
    return this.target({ time: EventField.time, model });
  }

  /** A rule's target that starts the workflow with these fields. */
  protected target(input: Record<string, string>): IRuleTarget {
    return new SfnStateMachine(this.machine, { input: RuleTargetInput.fromObject(input) });
  }

  /** Reads the spec once, so that an execution keeps the spec that it began with, whatever is deployed meanwhile. */
  protected readSpec(): Chain {
    const arn = Stack.of(this).formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: specParameterName('*').slice(1),
    });
    const read = CallAwsService.jsonPath(this, 'Read model spec', {
      service: 'ssm',
      action: 'getParameter',
      iamAction: 'ssm:GetParameter',
      iamResources: [arn],
      parameters: { Name: JsonPath.format(specParameterName('{}'), JsonPath.stringAt('$.model')) },
      resultPath: '$.spec',
      taskTimeout: Timeout.duration(Duration.minutes(1)),
    });
    const keep = Pass.jsonPath(this, 'Keep model spec', {
      inputPath: '$.spec.Parameter.Value',
      resultPath: '$.spec',
    });
    read.addRetry(retryOn(SSM_FAULTS));
    return this.guarded(read).next(keep);
  }

  /** A task that does one step. */
  protected task<S extends StepName>(
    sentence: string,
    { step, payload, resultPath }: TaskProps<S>,
  ): LambdaInvoke {
    const lambdaFunction = this.#handlers.functions[step];
    const task = LambdaInvoke.jsonPath(this, sentence, {
      lambdaFunction,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
      ...(payload !== undefined && { payload: TaskInput.fromObject(fields(payload)) }),
      ...(resultPath !== undefined && { resultPath }),
      // A little longer than the function may run, so that the function's own error is the one on record.
      taskTimeout: Timeout.duration(
        (lambdaFunction.timeout ?? Duration.minutes(15)).plus(Duration.minutes(1)),
      ),
    });
    task.addRetry(retryOn(LAMBDA_FAULTS));
    return task;
  }

  /** A task that does one step; when it fails, the workflow fails on record. */
  protected step<S extends StepName>(sentence: string, props: TaskProps<S>): LambdaInvoke {
    return this.guarded(this.task(sentence, props));
  }

  /**
   * A task that hands its token (`$$.Task.Token`) to a step, and waits until somebody answers by that token.
   * @param timeoutPath Where the state says how many seconds that may take.
   */
  protected untilAnswered<S extends StepName>(
    sentence: string,
    { step, payload, resultPath, timeoutPath }: Required<TaskProps<S>> & { readonly timeoutPath: string },
  ): LambdaInvoke {
    const task = LambdaInvoke.jsonPath(this, sentence, {
      lambdaFunction: this.#handlers.functions[step],
      integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      retryOnServiceExceptions: false,
      payload: TaskInput.fromObject(fields(payload)),
      resultPath,
      taskTimeout: Timeout.at(timeoutPath),
    });
    task.addRetry(retryOn(LAMBDA_FAULTS));
    return task;
  }

  /** A task that tells an owner of the model, of a role that is given or stands in the state. */
  protected notify(
    sentence: string,
    {
      role,
      subject,
      message,
    }: { readonly role: OwnerRole | '$.role'; readonly subject: string; readonly message: string },
  ): CallAwsService {
    const topic = (model: string, of: string) =>
      Stack.of(this).formatArn({ service: 'sns', resource: ownerTopicName(model, of) });
    const told = role === '$.role' ? OWNER_ROLES : [role];
    const publish = CallAwsService.jsonPath(this, sentence, {
      service: 'sns',
      action: 'publish',
      iamAction: 'sns:Publish',
      iamResources: told.map(of => topic('*', of)),
      parameters: {
        TopicArn:
          role === '$.role'
            ? JsonPath.format(topic('{}', '{}'), JsonPath.stringAt('$.model'), JsonPath.stringAt(role))
            : JsonPath.format(topic('{}', role), JsonPath.stringAt('$.model')),
        ...fields({ Subject: subject, Message: message }),
      },
      resultPath: JsonPath.DISCARD,
      taskTimeout: Timeout.duration(Duration.minutes(1)),
    });
    publish.addRetry(retryOn(SNS_FAULTS));
    return publish;
  }

  /** Lets every failure of a state end in Record failure. */
  protected guarded<T extends TaskStateBase | MapState>(state: T): T {
    state.addCatch(this.#failed, { resultPath: '$.failure' });
    return state;
  }

  protected build(start: IChainable): StateMachine {
    return new StateMachine(this, 'Machine', {
      stateMachineName: `antei-${this.#name}`,
      definitionBody: DefinitionBody.fromChainable(start),
      logs: {
        destination: new LogGroup(this, 'Log', {
          // A prefix that keeps the account's log resource policy short, whatever the number of machines.
          logGroupName: `/aws/vendedlogs/states/antei-${this.#name}`,
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
  }

  #recordFailure(): Chain {
    const record = this.task('Record failure', {
      step: 'recordFailure',
      payload: {
        time: '$.time',
        model: '$.model',
        workflow: this.#name,
        error: '$.failure.Error',
        cause: '$.failure.Cause',
      },
      resultPath: JsonPath.DISCARD,
    });
    return record.next(
      Fail.jsonPath(this, `${capitalized(this.#name)} failed`, {
        errorPath: '$.failure.Error',
        causePath: '$.failure.Cause',
      }),
    );
  }
}
