import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnsupportedError } from '../errors.ts';
import type { Resource, Resources } from '../template/resources.ts';

/** All that is needed to run a function. */
export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  /** Directory of the code. */
  readonly directory: string;
  /** `module.export`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

interface FunctionSources {
  readonly resources: Resources;
  /** Asset directories by S3 key. */
  readonly assets: ReadonlyMap<string, string>;
  /** Where code that is written into the template is put. */
  readonly inlineCode: string;
  /** The file:// URL of an emulated bucket, or undefined when there is no such bucket. */
  readonly bucketUrl: (bucket: string) => string | undefined;
}

/** Of the machine's own environment a handler gets these and nothing else: no credentials, no proxy settings. */
const FROM_THE_MACHINE = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

/**
 * The functions of a template, ready to run.
 * @throws UnsupportedError for code that is not a directory asset, and for `s3://` values outside the template.
 */
export function functionSpecs(sources: FunctionSources): FunctionSpec[] {
  const { resources } = sources;
  const layers = new Map(
    resources.of('AWS::Lambda::LayerVersion').map(layer => [
      // References to a layer yield the ARN with its version.
      layer.arn,
      codeDirectory(layer.place, layer.name, layer.properties.Content, sources),
    ]),
  );
  return resources.of('AWS::Lambda::Function').map(resource => {
    const { place, name, arn, properties } = resource;
    const directory = codeDirectory(place, name, properties.Code, sources);
    const layerDirectories = properties.Layers.map(layer => {
      const found = layers.get(layer);
      if (found === undefined) {
        throw new UnsupportedError([
          `${place}: the layer ${layer} is not in the template; allowed: layers of the app`,
        ]);
      }
      return found;
    });
    return {
      name,
      arn,
      directory,
      handler: properties.Handler,
      timeoutSeconds: properties.Timeout,
      memoryMegabytes: properties.MemorySize,
      environment: environmentOf(resource, directory, layerDirectories, sources),
    };
  });
}

function environmentOf(
  { place, name, region, properties }: Resource<'AWS::Lambda::Function'>,
  directory: string,
  layers: readonly string[],
  { bucketUrl }: FunctionSources,
): Record<string, string> {
  const machine = FROM_THE_MACHINE.flatMap(variable => {
    const value = process.env[variable];
    return value === undefined ? [] : [[variable, value] as const];
  });
  const declared = Object.entries(properties.Environment?.Variables ?? {}).map(([variable, value]) => {
    const [, bucket] = /^s3:\/\/([^/]+)\/?$/.exec(value) ?? [];
    if (bucket === undefined) return [variable, value] as const;
    const url = bucketUrl(bucket);
    if (url === undefined) {
      throw new UnsupportedError([`${place}: ${variable} is ${value}, a bucket that is not in the template`]);
    }
    return [variable, url] as const;
  });
  return {
    ...Object.fromEntries(machine),
    TZ: 'UTC',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${properties.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    LAMBDA_TASK_ROOT: directory,
    _HANDLER: properties.Handler,
    // On Lambda, layers are unpacked below /opt/nodejs, where `require` looks.
    NODE_PATH: layers
      .map(layer => join(layer, 'nodejs', 'node_modules'))
      .join(process.platform === 'win32' ? ';' : ':'),
    ...Object.fromEntries(declared),
  };
}

function codeDirectory(
  place: string,
  name: string,
  code: Resource<'AWS::Lambda::Function'>['properties']['Code'],
  { assets, inlineCode }: FunctionSources,
): string {
  if ('ZipFile' in code) {
    const directory = join(inlineCode, name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'index.js'), code.ZipFile);
    // Lambda treats inline code as CommonJS, whatever package.json lies above.
    writeFileSync(join(directory, 'package.json'), '{"type":"commonjs"}\n');
    return directory;
  }
  const directory = assets.get(code.S3Key);
  if (directory === undefined) {
    throw new UnsupportedError([
      `${place}: found code in s3 as ${code.S3Key}; allowed: a directory asset of the assembly`,
    ]);
  }
  return directory;
}
