import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface WrittenResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Writes an assembly of one stack, `Stack`, as CDK would lay it out. Returns its directory. */
export function writeAssembly(
  directory: string,
  resources: Readonly<Record<string, WrittenResource>>,
): string {
  const assembly = join(directory, 'assembly');
  mkdirSync(assembly, { recursive: true });
  writeFileSync(join(assembly, 'Stack.template.json'), JSON.stringify({ Resources: resources }));
  writeFileSync(
    join(assembly, 'manifest.json'),
    JSON.stringify({
      artifacts: {
        Stack: {
          type: 'aws:cloudformation:stack',
          environment: 'aws://unknown-account/unknown-region',
          properties: { templateFile: 'Stack.template.json' },
        },
      },
    }),
  );
  return assembly;
}

/** A function whose code is in the template; `exports` are the fields of a CommonJS module. */
export const inlineFunction = (
  code: string,
  properties: Readonly<Record<string, unknown>> = {},
): WrittenResource => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Timeout: 300,
    Code: { ZipFile: code },
    ...properties,
  },
});

export const stateMachine = (
  definition: unknown,
  properties: Readonly<Record<string, unknown>> = {},
): WrittenResource => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { Definition: definition, ...properties },
});
