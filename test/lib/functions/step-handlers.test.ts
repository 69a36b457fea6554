import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { StepName } from '../../../core/workflow/steps.ts';
import { HANDLERS } from '../../../lib/functions/handlers.ts';
import { PROJECT } from '../../../lib/project.ts';
import { synthesize } from '../support/synthesize.ts';
import { resourceOf, resourcesOf, textOf } from '../support/template.ts';

let platform: Template;
let outdir: string;
beforeAll(() => {
  ({ platform, outdir } = synthesize());
});

const STEPS = Object.keys(HANDLERS) as StepName[];

const functionOf = (step: StepName) => {
  const { entry } = HANDLERS[step];
  const found = resourcesOf(platform, 'AWS::Lambda::Function').find(
    ({ Properties }) => Properties.Description === `Antei: ${entry}`,
  );
  if (found === undefined) throw new Error(`No function for ${entry}`);
  return found;
};

/** The directory that an asset's key stands for. */
const assetOf = ({ S3Key }: { S3Key: string }): string =>
  join(outdir, `asset.${S3Key.replace(/\.zip$/, '')}`);
const code = z.object({ S3Key: z.string() });

describe.each(STEPS)('the function of %s', step => {
  test('runs Node 24 on arm64, knows both buckets and has its own log', () => {
    const { duckdb, onnx, memory } = HANDLERS[step];
    const { Code, Role, LoggingConfig, Environment, ...properties } = functionOf(step).Properties;
    expect(properties).toEqual({
      Description: `Antei: ${HANDLERS[step].entry}`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: memory,
      Timeout: duckdb ? 900 : 60,
      ...(duckdb && {
        Layers: ['StepsDuckDb', ...(onnx ? ['StepsOnnx'] : [])].map(layer => ({
          Ref: resourceOf(platform, 'AWS::Lambda::LayerVersion', layer).id,
        })),
        EphemeralStorage: { Size: 4096 },
      }),
    });
    const { Variables } = z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(Environment);
    expect(Object.entries(Variables).map(([name, value]) => [name, textOf(value)])).toEqual([
      ['ANTEI_DATA_STORE', `s3://<${resourceOf(platform, 'AWS::S3::Bucket', 'Data').id}>`],
      ['ANTEI_MODEL_STORE', `s3://<${resourceOf(platform, 'AWS::S3::Bucket', 'Models').id}>`],
    ]);
  });

  test('has the layers of the libraries that its bundle loads, and no other', () => {
    const bundle = readFileSync(
      join(assetOf(code.parse(functionOf(step).Properties.Code)), 'index.mjs'),
      'utf8',
    );
    expect(bundle.includes('@duckdb/node-bindings-')).toBe(HANDLERS[step].duckdb);
    expect(bundle.includes('ort-wasm-simd-threaded.wasm')).toBe(HANDLERS[step].onnx ?? false);
  });

  test('ships its bundle, its threads and the package files that it opens, nothing else', () => {
    const asset = assetOf(code.parse(functionOf(step).Properties.Code));
    const files = readdirSync(asset, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(asset.length + 1));
    expect(files.sort()).toEqual(
      [
        'index.mjs',
        ...HANDLERS[step].threads.map(file => `${basename(file, '.ts')}.mjs`),
        ...HANDLERS[step].packageFiles.map(file => join('node_modules', file)),
      ].sort(),
    );
  });
});

test('logs are kept for three months', () => {
  const groups = resourcesOf(platform, 'AWS::Logs::LogGroup');
  expect(groups).toHaveLength(STEPS.length + 4);
  expect(groups.map(({ Properties }) => Properties.RetentionInDays)).toEqual(groups.map(() => 90));
});

test('on this machine the layer of DuckDB links to the installed binding of this platform alone', () => {
  const { Content } = resourceOf(platform, 'AWS::Lambda::LayerVersion', 'StepsDuckDb').Properties;
  const packages = join(assetOf(code.parse(Content)), 'nodejs', 'node_modules', '@duckdb');
  const binding = `node-bindings-${process.platform}-${process.arch}`;
  expect(readdirSync(packages)).toEqual([binding]);
  expect(readlinkSync(join(packages, binding))).toBe(join(PROJECT, 'node_modules', '@duckdb', binding));
  expect(existsSync(join(packages, binding, 'duckdb.node'))).toBe(true);
});

test('the layer of ONNX Runtime holds its WebAssembly alone', () => {
  const { Content } = resourceOf(platform, 'AWS::Lambda::LayerVersion', 'StepsOnnx').Properties;
  const dist = join(assetOf(code.parse(Content)), 'nodejs', 'node_modules', 'onnxruntime-web', 'dist');
  expect(readdirSync(dist)).toEqual(['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']);
  expect(statSync(join(dist, 'ort-wasm-simd-threaded.wasm')).size).toBeGreaterThan(1e7);
});
