import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Spec } from '../core/spec/schema.ts';
import { UsageError } from './command.ts';

/** A file of this machine and the table that it belongs to. */
export interface Upload {
  readonly table: string;
  readonly path: string;
  readonly file: string;
}

/** Checks, before anything happens, that the table and the file exist. */
export function uploadOf(spec: Spec, table: string, path: string): Upload {
  if (!(table in spec.tables)) {
    throw new UsageError(
      `Model ${spec.name} has no table "${table}"; its tables: ${Object.keys(spec.tables).join(', ')}`,
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new UsageError(`There is no file at ${path}`);
  }
  return { table, path, file: basename(path) };
}

/** Referenced tables before those that refer to them; otherwise as given. */
export function inReferenceOrder(spec: Spec, uploads: readonly Upload[]): Upload[] {
  const referenced = (table: string): string[] =>
    Object.values(spec.tables[table]?.columns ?? {}).flatMap(
      ({ references }) => references?.split('.', 1) ?? [],
    );
  const ordered: Upload[] = [];
  const visited = new Set<string>();
  const visit = (table: string): void => {
    if (visited.has(table)) return;
    visited.add(table);
    for (const target of referenced(table)) visit(target);
    ordered.push(...uploads.filter(upload => upload.table === table));
  };
  for (const { table } of uploads) visit(table);
  return ordered;
}
