import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  type Architecture,
  Code,
  type ILayerVersion,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../core/telemetry/environment.ts';
import type { StepName } from '../../core/workflow/steps.ts';
import { capitalized } from '../capitalized.ts';
import { namesIn } from '../names.ts';
import type { ObjectBucket } from '../storage/object-bucket.ts';
import { bundleDirectory } from './bundle-directory.ts';
import { type Bundles, writeBundle } from './bundle-handlers.ts';
import { cachedBundles } from './cached-bundles.ts';
import { HANDLERS, type HandlerDefinition } from './handlers.ts';
import { architectureOf, duckDbLayer, onnxLayer, type Platform } from './library-layers.ts';

export interface StepHandlersProps {
  readonly dataBucket: ObjectBucket;
  readonly modelBucket: ObjectBucket;
  readonly platform: Platform;
  /** @default as many as the account allows */
  readonly uploadsAtOnce?: number | undefined;
}

/** The functions of all workflow steps, each with access to nothing but what its definition names. */
export class StepHandlers extends Construct {
  readonly functions: Readonly<Record<StepName, LambdaFunction>>;
  readonly #architecture: Architecture;
  readonly #bundles: Bundles = cachedBundles(Object.values(HANDLERS).map(({ entry }) => entry));

  constructor(
    scope: Construct,
    id: string,
    { dataBucket, modelBucket, platform, uploadsAtOnce }: StepHandlersProps,
  ) {
    super(scope, id);
    this.#architecture = architectureOf(platform);
    const layers = { duckdb: duckDbLayer(this, 'DuckDb', platform), onnx: onnxLayer(this, 'Onnx', platform) };
    const create = (step: StepName): LambdaFunction => {
      const definition = HANDLERS[step];
      const created = this.#function(
        step,
        definition,
        layers,
        step === 'validateUpload' ? uploadsAtOnce : undefined,
      );
      dataBucket.grantAccess(created, definition.data);
      modelBucket.grantAccess(created, definition.models);
      return created;
    };
    this.functions = {
      validateUpload: create('validateUpload'),
      snapshotDataset: create('snapshotDataset'),
      trainCandidate: create('trainCandidate'),
      evaluateCandidates: create('evaluateCandidates'),
      registerVersion: create('registerVersion'),
      promoteVersion: create('promoteVersion'),
      predictBatch: create('predictBatch'),
      measureWindow: create('measureWindow'),
      checkFreshness: create('checkFreshness'),
      chooseRemedy: create('chooseRemedy'),
      rollBack: create('rollBack'),
      recordRemedy: create('recordRemedy'),
      recordFailure: create('recordFailure'),
    };
  }

  #function(
    step: StepName,
    { entry, memory, duckdb, onnx, packageFiles }: HandlerDefinition,
    layers: Readonly<Record<'duckdb' | 'onnx', ILayerVersion>>,
    atOnce: number | undefined,
  ) {
    const id = capitalized(step);
    const { environment, metricNamespace } = namesIn(this);
    const logGroup = new LogGroup(this, `${id}Log`, {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    return new LambdaFunction(this, id, {
      description: `Antei: ${entry}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: this.#architecture,
      handler: 'index.handler',
      code: this.#code(step, entry, packageFiles),
      layers: [...(duckdb ? [layers.duckdb] : []), ...(onnx ? [layers.onnx] : [])],
      memorySize: memory,
      // Lambda's longest for work on data of unknown size; the others touch a few small objects.
      timeout: duckdb ? Duration.minutes(15) : Duration.minutes(1),
      ...(duckdb && { ephemeralStorageSize: Size.gibibytes(4) }),
      role,
      logGroup,
      ...(atOnce !== undefined && { reservedConcurrentExecutions: atOnce }),
      ...(environment !== undefined && {
        environment: { [ENVIRONMENT.metricNamespace]: metricNamespace },
      }),
    });
  }

  /** Inside the assembly, where nothing has to be cleaned up; CDK copies it from there under the name of its hash. */
  #code(step: StepName, entry: string, packageFiles: readonly string[]): Code {
    const bundle = this.#bundles.get(entry);
    if (bundle === undefined) throw new Error(`${entry} was not bundled`);
    const directory = bundleDirectory(this, step);
    writeBundle(directory, bundle, packageFiles);
    return Code.fromAsset(directory);
  }
}
