import { type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  type ILayerVersion,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface NodeFunctionProps {
  /** The handler's file, relative to the project; names the function for people. */
  readonly entry: string;
  readonly code: Code;
  readonly layers: ILayerVersion[];
  /** Megabytes. */
  readonly memory: number;
  readonly timeout: Duration;
  /** Of /tmp. */
  readonly storage?: Size;
}

export interface NodeFunction {
  readonly handler: LambdaFunction;
  readonly logGroup: LogGroup;
}

/** A function with a log and a role of its own, which may write that log and nothing else. */
export function nodeFunction(
  scope: Construct,
  id: string,
  { entry, code, layers, memory, timeout, storage }: NodeFunctionProps,
): NodeFunction {
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const handler = new LambdaFunction(scope, id, {
    description: `Antei: ${entry}`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    ...{ code, layers, memorySize: memory, timeout, role, logGroup },
    ...(storage !== undefined && { ephemeralStorageSize: storage }),
  });
  return { handler, logGroup };
}
