import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { SendTaskSuccessCommand, SFNClient, TaskDoesNotExist, TaskTimedOut } from '@aws-sdk/client-sfn';
import { paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Names, namesOf } from '../../core/deployment/names.ts';
import type { SendAnswer } from '../../core/registry/decide-approval.ts';
import { unpackSpec } from '../../core/spec/packed-spec.ts';
import type { Spec } from '../../core/spec/schema.ts';
import { openStore } from '../../core/storage/open-store.ts';
import { messageOf } from '../../core/telemetry/errors.ts';
import { UsageError } from '../command.ts';
import type { Deployment, Session, Stores } from './deployment.ts';
import { settledWorkflows } from './settled-workflows.ts';

/** What the platform's stack says of itself. */
export interface PlatformOutputs {
  readonly dataBucket: string;
  readonly modelBucket: string;
  readonly machines: readonly string[];
}

/**
 * The stacks that `cdk deploy` made, in the account and region that the AWS environment of this process names.
 * @param environment What `cdk deploy -c env=…` called the deployment.
 */
export function awsDeployment(environment?: string): Deployment {
  const names = deployedNames(environment);
  let known: Promise<PlatformOutputs> | undefined;
  const platform = (): Promise<PlatformOutputs> => {
    known ??= platformOutputs(names);
    return known;
  };
  const stores = async (): Promise<Stores> => {
    const { dataBucket, modelBucket } = await platform();
    return { data: openStore(`s3://${dataBucket}`), models: openStore(`s3://${modelBucket}`) };
  };
  const session = async <T>(time: string | undefined, work: (at: Session) => Promise<T>): Promise<T> => {
    refuseTime(time);
    const [{ machines }, buckets] = await Promise.all([platform(), stores()]);
    const workflows = { machines, models: buckets.models };
    return work({
      stores: buckets,
      // Events tell the time in seconds.
      now: new Date(Math.floor(Date.now() / 1000) * 1000),
      async put(key, path) {
        const since = new Date();
        await buckets.data.putFile(key, path);
        await settledWorkflows({ ...workflows, model: key.split('/')[1] ?? '', since, key });
      },
      answer: sendTaskSuccess,
      settle: model => settledWorkflows({ ...workflows, model, since: new Date() }),
    });
  };
  return {
    stores,
    specs: () => deployedSpecs(names),
    async actor() {
      const { Arn = 'unknown' } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
      return Arn;
    },
    session,
    decision: session,
    moment: async time => {
      refuseTime(time);
      return new Date();
    },
  };
}

function refuseTime(time: string | undefined): void {
  if (time !== undefined) throw new UsageError('--time is for the embedded cloud; AWS has its own clock');
}

const sendTaskSuccess: SendAnswer = async (taskToken, answer) => {
  try {
    await new SFNClient({}).send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(answer) }));
    return true;
  } catch (error) {
    // Nobody waits under it any more. The message may name the token, which no one but a decider may see.
    if (error instanceof TaskDoesNotExist || error instanceof TaskTimedOut) return false;
    throw error;
  }
};

function deployedNames(environment: string | undefined): Names {
  try {
    return namesOf(environment);
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

async function platformOutputs({ platformStack, environment }: Names): Promise<PlatformOutputs> {
  const outputs = new Map<string, string>();
  try {
    const { Stacks = [] } = await new CloudFormationClient({}).send(
      new DescribeStacksCommand({ StackName: platformStack }),
    );
    for (const { OutputKey = '', OutputValue = '' } of Stacks[0]?.Outputs ?? [])
      outputs.set(OutputKey, OutputValue);
  } catch (error) {
    throw new UsageError(
      `The stack ${platformStack} cannot be read: ${messageOf(error)}. Check the account and region (AWS_PROFILE, AWS_REGION), ` +
        `and deploy with "npx cdk deploy --all${environment === undefined ? '' : ` -c env=${environment}`}".`,
      { cause: error },
    );
  }
  const output = (name: string): string => {
    const value = outputs.get(name);
    if (value === undefined)
      throw new UsageError(`The stack ${platformStack} has no output ${name}; deploy it again`);
    return value;
  };
  return {
    dataBucket: output('DataBucket'),
    modelBucket: output('ModelBucket'),
    machines: ['DeliveryMachine', 'PredictionMachine', 'MonitoringMachine'].map(output),
  };
}

async function deployedSpecs({ specs: path }: Names): Promise<readonly Spec[]> {
  const specs: Spec[] = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath(
    { client: new SSMClient({}) },
    { Path: path },
  ))
    specs.push(...Parameters.flatMap(({ Value }) => (Value === undefined ? [] : [unpackSpec(Value)])));
  return specs.sort((a, b) => (a.name < b.name ? -1 : 1));
}
