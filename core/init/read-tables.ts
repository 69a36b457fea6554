import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { withDuckDb } from '../data/duckdb.ts';
import { describeColumns, type SampleFacts } from './column-facts.ts';
import { tableName } from './names.ts';
import { findReferences, type Reference } from './references.ts';
import { type OpenedSample, openSample, readSample } from './sample.ts';

/** A sample file by its path, and the name that it is known by. */
export interface NamedFile {
  readonly path: string;
  readonly file: string;
}

/** What sample files show of a database. */
export interface SampleTables {
  readonly tables: readonly SampleFacts[];
  readonly references: readonly Reference[];
}

/**
 * Reads one sample file for each table, and does something with what they show while they are open.
 * @throws InferenceError when a file cannot be read.
 */
export async function withTables<T>(
  files: readonly NamedFile[],
  work: (connection: DuckDBConnection, found: SampleTables) => Promise<T>,
): Promise<T> {
  const workspace = await mkdtemp(join(tmpdir(), 'antei-init-'));
  try {
    const opened: OpenedSample[] = [];
    for (const { path, file } of files) {
      const table = tableName(
        file,
        opened.map(({ table }) => table),
      );
      opened.push(await openSample({ table, path, file }, join(workspace, String(opened.length))));
    }
    const paths = [...opened.map(({ opened: { path } }) => path), `${workspace}/`];
    return await withDuckDb({ paths, workspace, memory: '1GB' }, async connection => {
      const tables: SampleFacts[] = [];
      for (const one of opened)
        tables.push(await describeColumns(connection, await readSample(connection, one)));
      return await work(connection, { tables, references: await findReferences(connection, tables) });
    });
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}
