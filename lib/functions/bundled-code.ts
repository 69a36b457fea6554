import { Code } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { bundleDirectory } from './bundle-directory.ts';
import { type Bundles, writeBundle } from './bundle-handlers.ts';
import { cachedBundles } from './cached-bundles.ts';
import { ENTRIES } from './handlers.ts';

let bundles: Bundles | undefined;

/**
 * The bundle of a handler as the code of a function. It lies inside the assembly, where nothing has to be cleaned up; CDK
 * copies it from there under the name of its hash.
 * @param name Of its directory.
 */
export function bundledCode(
  scope: IConstruct,
  name: string,
  entry: string,
  packageFiles: readonly string[] = [],
): Code {
  bundles ??= cachedBundles(ENTRIES);
  const bundle = bundles.get(entry);
  if (bundle === undefined) throw new Error(`${entry} was not bundled`);
  const directory = bundleDirectory(scope, name);
  writeBundle(directory, bundle, packageFiles);
  return Code.fromAsset(directory);
}
