import { type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Code, type ILayerVersion, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ENVIRONMENT } from '../../core/telemetry/environment.ts';
import { namesIn } from '../names.ts';
import { architectureOf, type Platform } from './library-layers.ts';

export interface NodeFunctionProps {
  /** The handler's file, relative to the project; names the function for people. */
  readonly entry: string;
  readonly code: Code;
  readonly layers: ILayerVersion[];
  readonly platform: Platform;
  /** Megabytes. */
  readonly memory: number;
  readonly timeout: Duration;
  /**
   * How many may run at once; reserves this much of the account's concurrency.
   * @default as many as the account allows
   */
  readonly atOnce?: number;
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
  { entry, code, layers, platform, memory, timeout, storage, atOnce }: NodeFunctionProps,
): NodeFunction {
  const { environment } = namesIn(scope);
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const handler = new LambdaFunction(scope, id, {
    description: `Antei: ${entry}`,
    runtime: Runtime.NODEJS_24_X,
    architecture: architectureOf(platform),
    handler: 'index.handler',
    ...{ code, layers, memorySize: memory, timeout, role, logGroup },
    ...(environment !== undefined && {
      environment: { [ENVIRONMENT.environment]: environment },
    }),
    ...(atOnce !== undefined && { reservedConcurrentExecutions: atOnce }),
    ...(storage !== undefined && { ephemeralStorageSize: storage }),
  });
  return { handler, logGroup };
}
