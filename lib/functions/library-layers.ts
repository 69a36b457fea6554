import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SymlinkFollowMode } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { bundleDirectory } from './bundle-directory.ts';
import { lockedPackage, packageDirectory } from './locked-package.ts';

/** Where the functions will run: in Lambda, or in the embedded cloud on this machine. */
export type Platform = 'linux-arm64' | 'host';

const BINDINGS = '@duckdb/node-bindings';

/** DuckDB's native library for one platform: 64 MB that the functions share. */
export const duckDbLayer = (scope: Construct, id: string, platform: Platform): LayerVersion =>
  layerOf(scope, id, platform, {
    folder: 'duckdb',
    name: `${BINDINGS}-${platform === 'host' ? `${process.platform}-${process.arch}` : platform}`,
    files: ['.'],
  });

/** ONNX Runtime's WebAssembly, the same on every platform: 14 MB; its JavaScript is in the bundles. */
export const onnxLayer = (scope: Construct, id: string, platform: Platform): LayerVersion =>
  layerOf(scope, id, platform, {
    folder: 'onnxruntime',
    name: 'onnxruntime-web',
    files: ['dist/ort-wasm-simd-threaded.mjs', 'dist/ort-wasm-simd-threaded.wasm'],
  });

interface Library {
  /** Folder of the assembly to build it in. */
  readonly folder: string;
  /** Name of the package. */
  readonly name: string;
  /** What of the package is shipped. */
  readonly files: readonly string[];
}

/** A layer with files of one package, where `require` finds them. */
function layerOf(
  scope: Construct,
  id: string,
  platform: Platform,
  { folder, name, files }: Library,
): LayerVersion {
  const { version } = lockedPackage(name);
  const source = packageDirectory(name);
  const directory = bundleDirectory(scope, folder);
  const target = join(directory, 'nodejs', 'node_modules', name);
  for (const file of files) {
    const to = join(target, file);
    mkdirSync(dirname(to), { recursive: true });
    // On this machine a link will do; a layer that is deployed must hold the files.
    if (platform === 'host') symlinkSync(join(source, file), to, file === '.' ? 'junction' : 'file');
    else cpSync(join(source, file), to, { recursive: true });
  }
  return new LayerVersion(scope, id, {
    description: `${name} ${version}`,
    compatibleArchitectures: [Architecture.ARM_64],
    compatibleRuntimes: [Runtime.NODEJS_24_X],
    code: Code.fromAsset(directory, {
      // Name and version stand for the content, which the lock file's checksum has proved: no need to hash it all.
      assetHash: `${name}@${version} ${files.join(' ')} ${platform}`,
      followSymlinks: SymlinkFollowMode.NEVER,
    }),
  });
}
