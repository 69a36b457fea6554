import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { UnsupportedError } from '../errors.ts';

/** Where the emulated resources pretend to live when a stack leaves it open. */
const DEFAULT_ACCOUNT = '000000000000';
const DEFAULT_REGION = 'us-east-1';

/** Sections that only matter while something is deployed are kept as they are. */
const templateSchema = z.strictObject({
  AWSTemplateFormatVersion: z.string().optional(),
  Description: z.string().optional(),
  Metadata: z.unknown().optional(),
  Rules: z.unknown().optional(),
  Parameters: z
    .record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown().optional() }))
    .default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z
    .record(
      z.string(),
      z.strictObject({
        Type: z.string(),
        Properties: z.record(z.string(), z.unknown()).default({}),
        Condition: z.string().optional(),
        DependsOn: z.unknown().optional(),
        DeletionPolicy: z.unknown().optional(),
        UpdateReplacePolicy: z.unknown().optional(),
        Metadata: z.unknown().optional(),
      }),
    )
    .default({}),
  Outputs: z
    .record(
      z.string(),
      z.strictObject({
        Value: z.unknown(),
        Description: z.unknown().optional(),
        Condition: z.string().optional(),
        Export: z.strictObject({ Name: z.unknown() }).optional(),
      }),
    )
    .default({}),
});

export type Template = z.output<typeof templateSchema>;

export interface Stack {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly template: Template;
}

export interface Assembly {
  readonly stacks: readonly Stack[];
  /** Asset directories by the key under which a deployment would upload them to S3. */
  readonly assets: ReadonlyMap<string, string>;
}

const manifestSchema = z.looseObject({
  artifacts: z
    .record(
      z.string(),
      z.looseObject({
        type: z.string(),
        displayName: z.string().optional(),
        environment: z.string().optional(),
        properties: z
          .looseObject({
            templateFile: z.string().optional(),
            file: z.string().optional(),
            stackName: z.string().optional(),
          })
          .optional(),
      }),
    )
    .default({}),
});

const assetManifestSchema = z.looseObject({
  files: z
    .record(
      z.string(),
      z.looseObject({
        source: z.looseObject({ path: z.string().optional(), packaging: z.string().optional() }),
        destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/**
 * Reads a synthesized CDK cloud assembly.
 * @param directory `cdk.out`: holds manifest.json, the templates and the assets.
 * @throws UnsupportedError for a template section that is not known.
 */
export function readAssembly(directory: string): Assembly {
  const { artifacts } = manifestSchema.parse(readJson(join(directory, 'manifest.json')));
  const stacks: Stack[] = [];
  const assets = new Map<string, string>();
  for (const [id, { type, environment, properties = {} }] of Object.entries(artifacts)) {
    if (type === 'aws:cloudformation:stack' && properties.templateFile !== undefined) {
      const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment ?? '') ?? [];
      stacks.push({
        name: properties.stackName ?? id,
        account: known(account) ?? DEFAULT_ACCOUNT,
        region: known(region) ?? DEFAULT_REGION,
        template: readTemplate(directory, properties.templateFile),
      });
    } else if (type === 'cdk:asset-manifest' && properties.file !== undefined) {
      const { files } = assetManifestSchema.parse(readJson(join(directory, properties.file)));
      for (const { source, destinations } of Object.values(files)) {
        if (source.path === undefined || source.packaging !== 'zip') continue;
        for (const { objectKey } of Object.values(destinations)) {
          assets.set(objectKey, join(directory, source.path));
        }
      }
    } else if (type === 'cdk:cloud-assembly') {
      throw new UnsupportedError([
        `${id}: nested assemblies (CDK stages) are not supported; allowed: stacks directly below the app`,
      ]);
    }
  }
  return { stacks, assets };
}

const known = (part: string | undefined): string | undefined =>
  part?.startsWith('unknown-') ? undefined : part;

function readTemplate(directory: string, file: string): Template {
  const parsed = templateSchema.safeParse(readJson(join(directory, file)));
  if (parsed.success) return parsed.data;
  throw new UnsupportedError(
    parsed.error.issues.map(issue => `${file}: ${issue.path.join('.')}: ${issue.message}`),
  );
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
