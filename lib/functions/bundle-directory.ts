import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** An empty directory inside the assembly, for what becomes an asset. */
export function bundleDirectory(scope: IConstruct, name: string): string {
  const directory = join(Stage.of(scope)?.outdir ?? 'cdk.out', 'bundles', name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  return directory;
}
