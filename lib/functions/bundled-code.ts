import { Code } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { bundleDirectory } from './bundle-directory.ts';
import { type Bundles, writeBundle } from './bundle-handlers.ts';
import { cachedBundles } from './cached-bundles.ts';
import { BUNDLED } from './handlers.ts';

let bundles: Bundles | undefined;

/**
 * The bundle of a handler as the code of a function. It lies inside the assembly, where nothing has to be cleaned up; CDK
 * copies it from there under the name of its hash.
 * @param name Of its directory.
 */
export function bundledCode(
  scope: IConstruct,
  name: string,
  handler: Parameters<typeof writeBundle>[2],
): Code {
  bundles ??= cachedBundles(BUNDLED);
  const directory = bundleDirectory(scope, name);
  writeBundle(directory, bundles, handler);
  return Code.fromAsset(directory);
}
