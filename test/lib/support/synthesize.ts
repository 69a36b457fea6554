import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import { namesOf } from '../../../core/deployment/names.ts';
import { readSpec } from '../../../core/spec/parse-spec.ts';
import type { Spec } from '../../../core/spec/schema.ts';
import { buildApp } from '../../../lib/build-app.ts';
import { PROJECT } from '../../../lib/project.ts';
import { ofForecasts } from '../../support/forecasting-loop.ts';

export const departures = ofForecasts(readSpec(join(PROJECT, 'models', 'departures.yaml')));

const assemblies: string[] = [];
afterAll(() => {
  for (const outdir of assemblies) rmSync(outdir, { recursive: true, force: true });
});

export interface Synthesized {
  readonly app: App;
  readonly outdir: string;
  readonly platform: Template;
  readonly model: (name: string) => Template;
}

/** The templates of the app for this machine. Without CDK's own validation, which `cdk synth` does and takes seconds. */
export function synthesize(
  specs: readonly Spec[] = [departures],
  context: Readonly<Record<string, string>> = {},
): Synthesized {
  process.env.CDK_VALIDATION = 'false';
  const outdir = mkdtempSync(join(tmpdir(), 'antei-assembly-'));
  assemblies.push(outdir);
  const app = buildApp({ specs, outdir, platform: 'host', context });
  const template = (id: string): Template => {
    const stack = app.node.findChild(id);
    if (!Stack.isStack(stack)) throw new TypeError(`${id} is no stack`);
    return Template.fromStack(stack);
  };
  const { platformStack, modelStack } = namesOf(context.env);
  return { app, outdir, platform: template(platformStack), model: name => template(modelStack(name)) };
}
