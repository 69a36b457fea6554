import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import configuration from '../cdk.json' with { type: 'json' };
import { loadSpecs } from '../core/spec/parse-spec.ts';
import type { Spec } from '../core/spec/schema.ts';
import type { Platform } from './functions/library-layers.ts';
import { ModelStack } from './model/model-stack.ts';
import { namesIn } from './names.ts';
import { PlatformStack } from './platform/platform-stack.ts';
import { PROJECT } from './project.ts';
import { settingsIn } from './settings.ts';
import { requireImages } from './spec/require-images.ts';

export interface BuildAppOptions {
  /** @default those of the directory that the context `models` names: models unless it says otherwise */
  readonly specs?: readonly Spec[];
  /**
   * Where the assembly goes.
   * @default what the CDK command asks for, or else a temporary directory
   */
  readonly outdir?: string;
  /**
   * Where the functions will run: in Lambda, or in the embedded cloud on this machine.
   * @default what the context `architecture` says: arm64 unless it is x86_64
   */
  readonly platform?: Platform;
  /** What `cdk -c name=value` would say. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * The whole of Antei as a CDK app: the platform, and a stack for each model.
 * @throws SpecError for a spec that cannot be deployed, RangeError for an option that is not allowed.
 */
export function buildApp({ specs, outdir, platform, context }: BuildAppOptions = {}): App {
  const app = new App({
    analyticsReporting: false,
    // The same flags whether the CDK command runs this, or the embedded cloud in process.
    context: { ...configuration.context, ...context },
    ...(outdir !== undefined && { outdir }),
  });
  const deployed = specs ?? loadSpecs(modelsIn(app));
  // On this machine a script needs no container.
  if (platform !== 'host') requireImages(deployed);
  const { title, platformStack, modelStack } = namesIn(app);
  const shared = new PlatformStack(app, platformStack, {
    ...settingsIn(app),
    description: `${title}: storage, functions and workflows that all models share`,
    platform: platform ?? architectureIn(app),
  });
  for (const spec of deployed) {
    new ModelStack(app, modelStack(spec.name), {
      description: `${title}: spec, schedule, alarms and dashboard of the model ${spec.name}`,
      spec,
      platform: shared,
    });
  }
  return app;
}

/** The directory of specs that `cdk -c models=…` names. */
function modelsIn(app: App): string {
  const models: unknown = app.node.tryGetContext('models');
  return typeof models === 'string' ? models : join(PROJECT, 'models');
}

/** The processors of `cdk -c architecture=…`. Graviton is the default: the same speed for a fifth less. */
function architectureIn(app: App): Platform {
  const architecture: unknown = app.node.tryGetContext('architecture') ?? 'arm64';
  if (architecture === 'arm64') return 'linux-arm64';
  if (architecture === 'x86_64') return 'linux-x64';
  throw new Error(`The context architecture is "${architecture}"; allowed: arm64, x86_64`);
}
