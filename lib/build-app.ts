import { App } from 'aws-cdk-lib';
import configuration from '../cdk.json' with { type: 'json' };
import type { Spec } from '../core/spec/schema.ts';
import type { Platform } from './functions/library-layers.ts';
import { ModelStack } from './model/model-stack.ts';
import { PlatformStack } from './platform/platform-stack.ts';

export interface BuildAppOptions {
  readonly specs: readonly Spec[];
  /**
   * Where the assembly goes.
   * @default what the CDK command asks for, or else a temporary directory
   */
  readonly outdir?: string;
  /**
   * Where the functions will run: in Lambda, or in the embedded cloud on this machine.
   * @default 'linux-arm64'
   */
  readonly platform?: Platform;
}

/** The whole of Antei as a CDK app: the platform, and a stack for each model. */
export function buildApp({ specs, outdir, platform = 'linux-arm64' }: BuildAppOptions): App {
  const app = new App({
    analyticsReporting: false,
    // The same flags whether the CDK command runs this, or the embedded cloud in process.
    context: configuration.context,
    ...(outdir !== undefined && { outdir }),
  });
  const shared = new PlatformStack(app, 'AnteiPlatform', {
    description: 'Antei: storage, functions and workflows that all models share',
    platform,
  });
  for (const spec of specs) {
    new ModelStack(app, `AnteiModel-${spec.name}`, {
      description: `Antei: spec, schedule, alarms and dashboard of the model ${spec.name}`,
      spec,
      platform: shared,
    });
  }
  return app;
}
