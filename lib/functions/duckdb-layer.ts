import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SymlinkFollowMode } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { bundleDirectory } from './bundle-directory.ts';
import { lockedPackage, packageDirectory } from './locked-package.ts';

/** Where the functions will run: in Lambda, or in the embedded cloud on this machine. */
export type Platform = 'linux-arm64' | 'linux-x64' | 'host';

export const architectureOf = (platform: Platform): Architecture =>
  platform === 'linux-x64' ? Architecture.X86_64 : Architecture.ARM_64;

const BINDINGS = '@duckdb/node-bindings';

/** DuckDB's native library for one platform, where `require` finds it: 64 MB that the functions share. */
export function duckDbLayer(scope: Construct, id: string, platform: Platform): LayerVersion {
  const name = `${BINDINGS}-${platform === 'host' ? `${process.platform}-${process.arch}` : platform}`;
  const { version } = lockedPackage(name);
  const directory = bundleDirectory(scope, 'duckdb');
  const target = join(directory, 'nodejs', 'node_modules', name);
  mkdirSync(dirname(target), { recursive: true });
  // On this machine a link will do; a layer that is deployed must hold the files.
  if (platform === 'host') symlinkSync(packageDirectory(name), target, 'junction');
  else cpSync(packageDirectory(name), target, { recursive: true });
  return new LayerVersion(scope, id, {
    description: `${name} ${version}`,
    compatibleArchitectures: [architectureOf(platform)],
    compatibleRuntimes: [Runtime.NODEJS_24_X],
    code: Code.fromAsset(directory, {
      // Name and version stand for the content, which the lock file's checksum has proved: no need to hash it all.
      assetHash: `${name}@${version} ${platform}`,
      followSymlinks: SymlinkFollowMode.NEVER,
    }),
  });
}
