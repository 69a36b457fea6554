import { Duration, Size } from 'aws-cdk-lib';
import { FunctionUrlAuthType, InvokeMode } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { isTabular, type Spec } from '../../core/spec/schema.ts';
import { ACCEPTED, modelKeys, PREDICTIONS } from '../../core/storage/layout.ts';
import { ENVIRONMENT } from '../../core/telemetry/environment.ts';
import { bundledCode } from '../functions/bundled-code.ts';
import { ENDPOINT } from '../functions/handlers.ts';
import { duckDbLayer, onnxLayer, type Platform } from '../functions/library-layers.ts';
import { nodeFunction } from '../functions/node-function.ts';
import type { Access, ObjectBucket } from '../storage/object-bucket.ts';
import { PredictionLogStream } from './prediction-log-stream.ts';

/** A core and three quarters: an answer takes one thread, loading the tables of its features two. */
const MEMORY = 3008;

export interface ModelEndpointProps {
  readonly spec: Spec;
  readonly dataBucket: ObjectBucket;
  readonly modelBucket: ObjectBucket;
  readonly platform: Platform;
}

/**
 * The endpoint of a model: a function behind a URL that answers those whom IAM lets in, and a stream that takes what it
 * answered from its log into the prediction log.
 */
export class ModelEndpoint extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: ModelEndpointProps) {
    super(scope, id);
    const { spec, dataBucket, modelBucket, platform } = props;
    const tabular = isTabular(spec);
    const { handler, logGroup } = nodeFunction(this, 'Function', {
      ...{ entry: ENDPOINT.entry, platform },
      code: bundledCode(this, `endpoint-${spec.name}`, ENDPOINT),
      // Forecasts are looked up; only features are computed. The layers are the stack's own: what another stack lends
      // cannot be replaced while it is in use.
      layers: [
        ...(tabular ? [duckDbLayer(this, 'DuckDb', platform)] : []),
        ...(bringsModels(spec) ? [onnxLayer(this, 'Onnx', platform)] : []),
      ],
      memory: MEMORY,
      // Longer than any answer takes, with a cold start and the largest request.
      timeout: Duration.seconds(30),
      ...(tabular && { storage: Size.gibibytes(2) }),
    });
    handler.addEnvironment(ENVIRONMENT.servedModel, spec.name);
    const { data, models } = endpointAccess(spec);
    dataBucket.grantAccess(handler, data);
    modelBucket.grantAccess(handler, models);
    const { url } = handler.addFunctionUrl({
      authType: FunctionUrlAuthType.AWS_IAM,
      invokeMode: InvokeMode.BUFFERED,
    });
    new PredictionLogStream(this, 'PredictionLog', { model: spec.name, dataBucket, logGroup });
    this.url = url;
  }
}

/** Trainers whose models are in the ONNX format. */
const ONNX: readonly string[] = ['onnx', 'script'];

const bringsModels = ({ candidates }: Spec): boolean =>
  candidates.some(({ trainer }) => ONNX.includes(trainer));

/** What the endpoint of a model reads; it is the model's own, and it writes nothing. */
export const endpointAccess = (spec: Spec): { readonly data: Access; readonly models: Access } => ({
  data: { read: [`${isTabular(spec) ? ACCEPTED : PREDICTIONS}${spec.name}/`] },
  models: {
    read: [
      modelKeys.production(spec.name),
      modelKeys.versions(spec.name),
      ...(isTabular(spec) ? [modelKeys.runs(spec.name)] : []),
    ],
  },
});
