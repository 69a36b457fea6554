import * as z from 'zod';
import { identityOf } from '../../core/storage/digest.ts';
import { eventTime } from '../events/event.ts';
import type { FunctionPool } from '../functions/function-pool.ts';
import type { Delivery } from '../state/deliveries.ts';
import type { Resources } from '../template/resources.ts';
import { JobExistsError, type TrainingJobs } from '../training/training-jobs.ts';
import type { TaskState } from './definition.ts';
import { TaskError } from './task-error.ts';

/** Who calls, and when. */
export interface Caller {
  /** The same for the same call of the same execution, also after a restart. */
  readonly call: string;
  /** Virtual time. */
  readonly now: Date;
}

type Integration = (input: unknown, caller: Caller) => Promise<unknown>;

interface IntegrationsProps {
  readonly resources: Resources;
  readonly functions: FunctionPool;
  readonly trainingJobs: TrainingJobs;
  readonly owe: (delivery: Delivery) => Promise<void>;
}

const invokeSchema = z.strictObject({
  FunctionName: z.string(),
  Payload: z.unknown().optional(),
  InvocationType: z.literal('RequestResponse').optional(),
});

const getParameterSchema = z.strictObject({ Name: z.string(), WithDecryption: z.boolean().optional() });

const publishSchema = z.strictObject({
  TopicArn: z.string(),
  Message: z.unknown().optional(),
  Subject: z.string().optional(),
  MessageAttributes: z.unknown().optional(),
});

const startExecutionSchema = z.strictObject({
  StateMachineArn: z.string(),
  Input: z.unknown().optional(),
  Name: z.string().optional(),
});

const describeTrainingJobSchema = z.strictObject({ TrainingJobName: z.string() });

const sendMessageSchema = z.strictObject({
  QueueUrl: z.string(),
  MessageBody: z.unknown(),
  MessageAttributes: z.unknown().optional(),
});

/** What can hand a token on to whoever shall answer. */
const WITH_TOKEN = ['lambda:invoke', 'sns:publish', 'sqs:sendMessage'].map(
  service => `arn:aws:states:::${service}`,
);

/** What Task states can call, by the state's Resource. */
export class Integrations {
  readonly #functions: FunctionPool;
  readonly #services: Readonly<Record<string, Integration>>;

  constructor({ resources, functions, trainingJobs, owe }: IntegrationsProps) {
    this.#functions = functions;
    const parameters = new Map(
      resources.of('AWS::SSM::Parameter').map(parameter => [parameter.name, parameter]),
    );
    const machines = new Set(resources.of('AWS::StepFunctions::StateMachine').map(({ arn }) => arn));
    const topics = new Set(resources.of('AWS::SNS::Topic').map(({ arn }) => arn));
    const queues = new Map(
      resources
        .of('AWS::SQS::Queue')
        .map(({ arn, name, account, region }) => [
          `https://sqs.${region}.amazonaws.com/${account}/${name}`,
          arn,
        ]),
    );
    const deliver = async (
      target: string,
      input: unknown,
      { call, now }: Caller,
      { subject, name }: { readonly subject?: string | undefined; readonly name?: string | undefined } = {},
    ): Promise<string> => {
      // A given name is the execution's identity, so that starting it twice starts it once.
      const id = identityOf(name === undefined ? [call, target] : [target, name]);
      await owe({ id, target, input, time: eventTime(now), subject, name });
      return id;
    };

    /** @param service How the errors of the integration begin. */
    const publish =
      (service: 'SNS' | 'Sns'): Integration =>
      async (input, caller) => {
        const { TopicArn, Message, Subject } = parsed(
          publishSchema,
          input,
          `${service}.InvalidParameterException`,
        );
        if (!topics.has(TopicArn))
          throw new TaskError(`${service}.NotFoundException`, `Topic does not exist: ${TopicArn}`);
        return { MessageId: await deliver(TopicArn, Message, caller, { subject: Subject }) };
      };

    this.#services = {
      'arn:aws:states:::lambda:invoke': async input => {
        const { FunctionName, Payload } = parsed(
          invokeSchema,
          input,
          'Lambda.InvalidParameterValueException',
        );
        const arn = functions.find(FunctionName);
        if (arn === undefined) {
          throw new TaskError('Lambda.ResourceNotFoundException', `Function not found: ${FunctionName}`);
        }
        return {
          ExecutedVersion: '$LATEST',
          Payload: await functions.invoke(arn, Payload),
          StatusCode: 200,
        };
      },
      'arn:aws:states:::aws-sdk:ssm:getParameter': async input => {
        const { Name } = parsed(getParameterSchema, input, 'Ssm.SsmException');
        const parameter = parameters.get(Name);
        if (parameter === undefined)
          throw new TaskError('Ssm.ParameterNotFoundException', `Parameter ${Name} not found.`);
        const { Type, Value } = parameter.properties;
        return { Parameter: { Arn: parameter.arn, DataType: 'text', Name, Type, Value, Version: 1 } };
      },
      'arn:aws:states:::sns:publish': publish('SNS'),
      'arn:aws:states:::aws-sdk:sns:publish': publish('Sns'),
      'arn:aws:states:::sqs:sendMessage': async (input, caller) => {
        const { QueueUrl, MessageBody } = parsed(sendMessageSchema, input, 'SQS.InvalidParameterException');
        const queue = queues.get(QueueUrl);
        if (queue === undefined)
          throw new TaskError('SQS.QueueDoesNotExistException', `No queue ${QueueUrl}`);
        return { MessageId: await deliver(queue, MessageBody, caller) };
      },
      'arn:aws:states:::states:startExecution': async (input, caller) => {
        const {
          StateMachineArn,
          Input = {},
          Name,
        } = parsed(startExecutionSchema, input, 'StepFunctions.ValidationException');
        if (!machines.has(StateMachineArn)) {
          throw new TaskError(
            'StepFunctions.StateMachineDoesNotExistException',
            `No state machine ${StateMachineArn}`,
          );
        }
        const id = await deliver(StateMachineArn, Input, caller, { name: Name });
        return {
          ExecutionArn: `${StateMachineArn.replace(':stateMachine:', ':execution:')}:${Name ?? id}`,
          StartDate: caller.now.toISOString(),
        };
      },
      'arn:aws:states:::sagemaker:createTrainingJob.sync': (input, { call }) =>
        trainedToEnd(trainingJobs, input, call),
      'arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob': async input => {
        const { TrainingJobName } = parsed(describeTrainingJobSchema, input, 'SageMaker.SageMakerException');
        const description = await trainingJobs.describe(TrainingJobName);
        if (description !== undefined) return description;
        throw new TaskError(
          'SageMaker.SageMakerException',
          `Requested resource not found: ${TrainingJobName}`,
        );
      },
    };
  }

  /** What is wrong with a task's Resource, or nothing. */
  problem({ resource, waitsForToken }: TaskState): string | undefined {
    if (waitsForToken) {
      if (WITH_TOKEN.includes(resource)) return undefined;
      return `found .waitForTaskToken with ${resource}; allowed with ${WITH_TOKEN.join(', ')}`;
    }
    if (this.#functions.has(resource) || this.#services[resource] !== undefined) return undefined;
    const allowed = ['the ARN of a function of the template', ...Object.keys(this.#services)];
    return `found the Resource ${resource}; allowed: ${allowed.join(', ')}`;
  }

  async call(resource: string, input: unknown, caller: Caller): Promise<unknown> {
    const service = this.#services[resource];
    return service === undefined ? this.#functions.invoke(resource, input) : service(input, caller);
  }
}

/** Runs a training job, and fails as Step Functions does when the job has. */
async function trainedToEnd(jobs: TrainingJobs, input: unknown, call: string): Promise<unknown> {
  try {
    const description = await jobs.run(input, call);
    if (description.TrainingJobStatus === 'Completed') return description;
    throw new TaskError('States.TaskFailed', JSON.stringify(description));
  } catch (error) {
    if (error instanceof JobExistsError) {
      throw new TaskError('SageMaker.ResourceInUseException', error.message);
    }
    if (error instanceof z.ZodError) {
      throw new TaskError('SageMaker.AmazonSageMakerException', z.prettifyError(error));
    }
    throw error;
  }
}

function parsed<S extends z.ZodType>(schema: S, input: unknown, error: string): z.output<S> {
  const result = schema.safeParse(input);
  if (!result.success) throw new TaskError(error, z.prettifyError(result.error));
  return result.data;
}
