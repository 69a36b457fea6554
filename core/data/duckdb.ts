import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { literal } from './quote.ts';

export interface DuckDbOptions {
  /** The files and directories that SQL may touch; directories end with a slash. Nothing else is reachable. */
  readonly paths: readonly string[];
  /**
   * 1 where the bytes of a written Parquet file must be the same on every machine.
   * @default 2
   */
  readonly threads?: number;
  /** @default '700MB' */
  readonly memory?: string;
  /**
   * A directory for what does not fit in memory. It must exist, and is not reachable from SQL.
   * @default nothing is spilled: such a query fails
   */
  readonly workspace?: string;
}

/** A private in-memory DuckDB that is open until it is disposed of. */
export interface OpenDuckDb extends Disposable {
  readonly connection: DuckDBConnection;
}

/**
 * Opens a private in-memory DuckDB that can read and write only the given paths, cannot load extensions and whose
 * settings cannot be changed by the SQL of a spec.
 */
export async function openDuckDb({
  paths,
  threads = 2,
  memory = '700MB',
  workspace,
}: DuckDbOptions): Promise<OpenDuckDb> {
  const files = paths.filter(path => !path.endsWith('/'));
  const directories = paths.filter(path => path.endsWith('/'));
  using opened = new DisposableStack();
  const instance = opened.adopt(
    await DuckDBInstance.create(':memory:', { threads: String(threads), memory_limit: memory }),
    one => one.closeSync(),
  );
  const connection = opened.adopt(await instance.connect(), one => one.closeSync());
  await connection.run(`
    SET TimeZone = 'UTC';
    SET temp_directory = ${literal(workspace === undefined ? '' : `${workspace}/spill`)};
    SET allocator_background_threads = true;
    SET autoinstall_known_extensions = false;
    SET autoload_known_extensions = false;
    SET allowed_paths = [${files.map(literal).join(', ')}];
    SET allowed_directories = [${directories.map(literal).join(', ')}];
    SET enable_external_access = false;
    SET lock_configuration = true;
  `);
  const kept = opened.move();
  return { connection, [Symbol.dispose]: () => kept.dispose() };
}

/** Runs `work` on a DuckDB as `openDuckDb` opens it, and closes it then. */
export async function withDuckDb<T>(
  options: DuckDbOptions,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  using duckdb = await openDuckDb(options);
  return await work(duckdb.connection);
}
