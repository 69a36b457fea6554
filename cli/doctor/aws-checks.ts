import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { namesOf } from '../../core/deployment/names.ts';
import { packSpec, unpackSpec } from '../../core/spec/packed-spec.ts';
import { loadSpecs } from '../../core/spec/parse-spec.ts';
import { openStore } from '../../core/storage/open-store.ts';
import { messageOf } from '../../core/telemetry/errors.ts';
import { Ailment, type Check } from './examine.ts';
import { keptBuckets } from './kept-buckets.ts';
import { specsCheck } from './specs-check.ts';

/** Where `cdk bootstrap` writes down what it made, unless it was given a qualifier of its own. */
const BOOTSTRAP = '/cdk-bootstrap/hnb659fds/version';
/** The first that has roles for files. */
const BOOTSTRAP_VERSION = 6;
/** The status of a stack that is as its last deployment wanted it. */
const SETTLED = /^(CREATE|UPDATE|IMPORT)_COMPLETE$/;

export interface AwsChecksProps {
  readonly environment: string | undefined;
  /** Directory of the specs. */
  readonly models: string;
}

/** What `--target aws` needs: of this machine, of the account, and of what was deployed there. */
export function awsChecks({ environment, models }: AwsChecksProps): readonly (readonly Check[])[] {
  const names = namesOf(environment);
  const option = environment === undefined ? '' : ` -c env=${environment}`;
  const deploy = `run "npx cdk deploy --all${option}"`;
  const outputs = new Map<string, string>();
  let known: Promise<Stack | undefined> | undefined;
  const platform = (): Promise<Stack | undefined> => {
    known ??= stackCalled(names.platformStack);
    return known;
  };
  const output = (name: string): string => {
    const value = outputs.get(name);
    if (value === undefined) throw new Error(`the stack has no output ${name}`);
    return value;
  };
  return [
    [
      {
        name: 'region',
        advice: 'set AWS_REGION, or a region in the profile that AWS_PROFILE names',
        look: async () => new STSClient({}).config.region(),
      },
    ],
    [
      {
        name: 'credentials',
        advice: 'log in ("aws sso login") or set AWS_PROFILE; "aws sts get-caller-identity" must answer',
        async look() {
          const { Arn = 'unknown' } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
          return Arn;
        },
      },
    ],
    [
      { name: 'bootstrap', advice: 'run "npx cdk bootstrap"', look: bootstrapVersion },
      // Also where nothing is deployed any more.
      {
        name: 'kept buckets',
        advice: 'this machine must reach S3',
        look: async () =>
          keptBuckets(names.platformStack, await platform().then(bucketsInUse, () => undefined)),
      },
    ],
    [
      {
        name: `stack ${names.platformStack}`,
        advice: `${deploy}; with the right to read stacks (cloudformation:DescribeStacks)`,
        async look() {
          const stack = await platform();
          if (stack === undefined) throw new Error('it does not exist in this account and region');
          const { StackStatus = 'unknown', Outputs = [] } = stack;
          for (const { OutputKey = '', OutputValue = '' } of Outputs) outputs.set(OutputKey, OutputValue);
          requireSettled(StackStatus, names.platformStack, deploy);
          return StackStatus;
        },
      },
    ],
    [
      ...[
        ['data', 'DataBucket', 'incoming/'],
        ['model', 'ModelBucket', 'versions/'],
      ].map(([what, name = '', folder = '']) => ({
        name: `${what} bucket`,
        advice:
          'ask for the right to list and read the bucket (s3:ListBucket, s3:GetObject; docs/deploy.md, "Rights")',
        async look() {
          const url = `s3://${output(name)}`;
          for await (const _ of openStore(url).list(folder)) break;
          return url;
        },
      })),
      {
        name: 'workflows',
        advice: 'ask for the right to see executions (states:ListExecutions; docs/deploy.md, "Rights")',
        async look() {
          const { executions = [] } = await new SFNClient({}).send(
            new ListExecutionsCommand({ stateMachineArn: output('DeliveryMachine'), maxResults: 100 }),
          );
          const failed = executions.filter(
            ({ status }) => status !== 'SUCCEEDED' && status !== 'RUNNING',
          ).length;
          return `${executions.length} recent deliveries, ${failed} of them failed`;
        },
      },
      specsCheck(models),
    ],
    [
      {
        name: 'models',
        advice: deploy,
        look: async () => deployedModels(models, names.specParameter, deploy),
      },
    ],
  ];
}

/** A stack by its name, or undefined where there is none. */
async function stackCalled(name: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await new CloudFormationClient({}).send(
      new DescribeStacksCommand({ StackName: name }),
    );
    return Stacks?.[0];
  } catch (error) {
    // CloudFormation has no error of its own for it.
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
      return undefined;
    throw error;
  }
}

async function bootstrapVersion(): Promise<string> {
  const { Parameter } = await new SSMClient({}).send(new GetParameterCommand({ Name: BOOTSTRAP }));
  const version = Number(Parameter?.Value);
  if (!(version >= BOOTSTRAP_VERSION))
    throw new Error(`version ${Parameter?.Value}; needed: ${BOOTSTRAP_VERSION} or later`);
  return `version ${version}`;
}

/** What a stack has, buckets among it; undefined while that may change. */
function bucketsInUse(stack: Stack | undefined): ReadonlySet<string> | undefined {
  if (stack === undefined) return new Set();
  const { StackStatus = '', Outputs = [] } = stack;
  return SETTLED.test(StackStatus) ? new Set(Outputs.map(({ OutputValue = '' }) => OutputValue)) : undefined;
}

/** Throws unless a stack is as its last deployment wanted it. */
function requireSettled(status: string, stack: string, deploy: string): void {
  if (SETTLED.test(status)) return;
  if (status.endsWith('_IN_PROGRESS')) throw new Ailment(status, 'wait until the deployment has ended');
  // A stack whose creation failed can only be deleted.
  if (status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED' || status === 'CREATE_FAILED') {
    throw new Ailment(
      status,
      `look at its events ("aws cloudformation describe-stack-events --stack-name ${stack}"), delete the stack, then ${deploy}`,
    );
  }
  throw new Ailment(
    status,
    `look at its events ("aws cloudformation describe-stack-events --stack-name ${stack}"), then ${deploy}`,
  );
}

/** Whether each spec of the directory is deployed as it is now. */
async function deployedModels(
  models: string,
  parameter: (model: string) => string,
  deploy: string,
): Promise<string> {
  const client = new SSMClient({});
  const wrong: string[] = [];
  const specs = loadSpecs(models);
  for (const spec of specs) {
    try {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: parameter(spec.name) }));
      const same = packSpec(unpackSpec(Parameter?.Value ?? '')) === packSpec(spec);
      if (!same) wrong.push(`${spec.name} is deployed with another spec`);
    } catch (error) {
      const missing = error instanceof Error && error.name === 'ParameterNotFound';
      wrong.push(missing ? `${spec.name} is not deployed` : `${spec.name}: ${messageOf(error)}`);
    }
  }
  if (wrong.length > 0) throw new Ailment(wrong.join('; '), deploy);
  return specs.map(({ name }) => name).join(', ');
}
