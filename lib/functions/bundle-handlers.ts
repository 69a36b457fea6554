import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { PROJECT } from '../project.ts';
import type { HandlerDefinition } from './handlers.ts';

/** The native library comes from a layer; everything else, the AWS SDK included, is in the bundle. */
const EXTERNAL = ['@duckdb/node-bindings-*'];

/** CommonJS packages inside an ES module bundle need `require`; it also finds packages in a Lambda layer. */
const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Bundles by entry file; the bytes depend on the sources alone, never on the machine or the checkout's path. */
export type Bundles = ReadonlyMap<string, Uint8Array>;

/**
 * Bundles handlers, each into one ES module. All in one go, so that shared sources are read and parsed once.
 * @param project The checkout that the entries are relative to.
 */
export function bundleHandlers(entries: readonly string[], project: string = PROJECT): Bundles {
  const { outputFiles } = buildSync({
    absWorkingDir: project,
    entryPoints: entries.map((entry, index) => ({ in: entry, out: String(index) })),
    outdir: 'out',
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // ES modules first: of those, esbuild can leave out what nobody calls.
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    external: EXTERNAL,
    banner: { js: BANNER },
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
  });
  return new Map(
    outputFiles.map(({ path, contents }) => {
      const entry = entries[Number(/(\d+)\.mjs$/.exec(path)?.[1])];
      if (entry === undefined) throw new Error(`esbuild wrote ${path}, which belongs to no entry`);
      return [entry, contents];
    }),
  );
}

/**
 * Writes what Lambda unpacks: the handler's `index.mjs`, its threads under their own names, and the package files that
 * the code opens beside it.
 */
export function writeBundle(
  directory: string,
  bundles: Bundles,
  { entry, threads, packageFiles }: Pick<HandlerDefinition, 'entry' | 'threads' | 'packageFiles'>,
): void {
  const write = (file: string, source: string): void => {
    const bundle = bundles.get(source);
    if (bundle === undefined) throw new Error(`${source} was not bundled`);
    writeFileSync(join(directory, `${file}.mjs`), bundle);
  };
  write('index', entry);
  for (const thread of threads) write(basename(thread, '.ts'), thread);
  for (const file of packageFiles) {
    const target = join(directory, 'node_modules', file);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(PROJECT, 'node_modules', file), target);
  }
}
