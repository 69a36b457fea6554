import { Duration, Size } from 'aws-cdk-lib';
import type { ILayerVersion, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StepName } from '../../core/workflow/steps.ts';
import { capitalized } from '../capitalized.ts';
import type { ObjectBucket } from '../storage/object-bucket.ts';
import { bundledCode } from './bundled-code.ts';
import { HANDLERS, type HandlerDefinition } from './handlers.ts';
import { duckDbLayer, onnxLayer, type Platform } from './library-layers.ts';
import { nodeFunction } from './node-function.ts';

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
  readonly #platform: Platform;

  constructor(
    scope: Construct,
    id: string,
    { dataBucket, modelBucket, platform, uploadsAtOnce }: StepHandlersProps,
  ) {
    super(scope, id);
    this.#platform = platform;
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
      prepareTrainingJob: create('prepareTrainingJob'),
      trainCandidate: create('trainCandidate'),
      evaluateCandidates: create('evaluateCandidates'),
      registerVersion: create('registerVersion'),
      requestApproval: create('requestApproval'),
      awaitDecision: create('awaitDecision'),
      recordDecision: create('recordDecision'),
      startRollout: create('startRollout'),
      judgeRollout: create('judgeRollout'),
      endRollout: create('endRollout'),
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
    definition: HandlerDefinition,
    layers: Readonly<Record<'duckdb' | 'onnx', ILayerVersion>>,
    atOnce: number | undefined,
  ) {
    const { entry, memory, duckdb, onnx } = definition;
    return nodeFunction(this, capitalized(step), {
      ...{ entry, memory, platform: this.#platform, code: bundledCode(this, step, definition) },
      layers: [...(duckdb ? [layers.duckdb] : []), ...(onnx ? [layers.onnx] : [])],
      // Lambda's longest for work on data of unknown size; the others touch a few small objects.
      timeout: duckdb ? Duration.minutes(15) : Duration.minutes(1),
      ...(duckdb && { storage: Size.gibibytes(4) }),
      ...(atOnce !== undefined && { atOnce }),
    }).handler;
  }
}
