import { type Dialect, scanRecords } from './scan-records.ts';
import type { Utf8Text } from './transcode.ts';

/**
 * The lines, from 1, on which well-formed records start.
 * @param ordinals Positions among the well-formed records after the header, from 1, ascending.
 * @returns As many lines, in the same order. The file is read only as far as the last one.
 */
export async function recordLines(
  { path, start }: Utf8Text,
  dialect: Dialect,
  header: boolean,
  ordinals: readonly number[],
): Promise<number[]> {
  const lines: number[] = [];
  if (ordinals.length === 0) return lines;
  let ordinal = 0;
  await scanRecords(
    path,
    dialect,
    record => {
      if (record.flaw !== undefined || (header && record.index === 0)) return true;
      ordinal++;
      if (ordinals[lines.length] === ordinal) lines.push(record.line);
      return lines.length < ordinals.length;
    },
    start,
  );
  return lines;
}
