import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventField, type IRuleTarget, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  type Chain,
  DefinitionBody,
  Fail,
  type IChainable,
  IntegrationPattern,
  JsonPath,
  LogLevel,
  type Map as MapState,
  Pass,
  StateMachine,
  TaskInput,
  type TaskStateBase,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService, LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { OWNER_ROLES, type OwnerRole } from '../../core/spec/owner-roles.ts';
import type { StepName } from '../../core/workflow/steps.ts';
import { acknowledgeWildcard } from '../acknowledge.ts';
import { capitalized } from '../capitalized.ts';
import type { StepHandlers } from '../functions/step-handlers.ts';
import { orElse } from '../messages/dead-letters.ts';
import { namesIn } from '../names.ts';
import { LAMBDA_FAULTS, retryOn, SNS_FAULTS, SSM_FAULTS } from './retries.ts';
import { fields, type TaskProps } from './step-payload.ts';

export interface WorkflowProps {
  readonly handlers: StepHandlers;
  /** Where events go that could not start a workflow. */
  readonly deadLetters: IQueue;
}

/**
 * A state machine whose state always has `time` and `model`, after `readSpec` also `spec`. It never carries data, only
 * keys and small facts. Whatever fails ends in Record failure.
 */
export abstract class Workflow extends Construct {
  abstract readonly machine: StateMachine;
  readonly #name: string;
  readonly #handlers: StepHandlers;
  readonly #deadLetters: IQueue;
  /** Resources that end in `*`, and why they cannot be narrower. */
  readonly #open = new Map<string, string>();
  readonly #failed: IChainable;

  /** @param name What the event log calls the workflow. */
  constructor(scope: Construct, id: string, name: string, { handlers, deadLetters }: WorkflowProps) {
    super(scope, id);
    this.#name = name;
    this.#handlers = handlers;
    this.#deadLetters = deadLetters;
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
    const target = new SfnStateMachine(this.machine, { input: RuleTargetInput.fromObject(input) });
    return orElse(target, this.#deadLetters);
  }

  /** Reads the spec once, so that an execution keeps the spec that it began with, whatever is deployed meanwhile. */
  protected readSpec(): Chain {
    const { specParameter } = namesIn(this);
    const read = CallAwsService.jsonPath(this, 'Read model spec', {
      service: 'ssm',
      action: 'getParameter',
      iamAction: 'ssm:GetParameter',
      iamResources: [this.#anySpec()],
      parameters: { Name: JsonPath.format(specParameter('{}'), JsonPath.stringAt('$.model')) },
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
    const lambdaFunction = this.#function(step);
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
      lambdaFunction: this.#function(step),
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
      Stack.of(this).formatArn({ service: 'sns', resource: namesIn(this).topic(model, of) });
    const told = role === '$.role' ? OWNER_ROLES : [role];
    for (const one of told) {
      this.#open.set(
        topic('*', one),
        `The topics of all models for their ${one}; the machine serves every model.`,
      );
    }
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
    const name = namesIn(this).machine(this.#name);
    const machine = new StateMachine(this, 'Machine', {
      stateMachineName: name,
      definitionBody: DefinitionBody.fromChainable(start),
      logs: {
        destination: new LogGroup(this, 'Log', {
          // A prefix that keeps the account's log resource policy short, whatever the number of machines.
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
      tracingEnabled: true,
    });
    this.#acknowledgeWildcards(machine);
    return machine;
  }

  #function(step: StepName): LambdaFunction {
    const found = this.#handlers.functions[step];
    this.#open.set(
      `${found.functionArn}:*`,
      'The versions of one function of this deployment, beside the function itself.',
    );
    return found;
  }

  #anySpec(): string {
    return Stack.of(this).formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: namesIn(this).specParameter('*').slice(1),
    });
  }

  /** Why the machine's permissions that end in `*` cannot be narrower. */
  #acknowledgeWildcards({ role }: StateMachine): void {
    for (const [resource, reason] of this.#open) acknowledgeWildcard(role, resource, reason);
    acknowledgeWildcard(
      role,
      this.#anySpec(),
      'The specs of all models, which have a path of their own; the machine serves every model, and reads one of them.',
    );
    acknowledgeWildcard(
      role,
      '*',
      'Delivery of logs (logs:*LogDelivery and the like) and of traces (xray:Put*, xray:GetSampling*): AWS offers no ' +
        'narrower resource for these actions. Nothing else in the policy is for every resource; a test proves it.',
    );
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
