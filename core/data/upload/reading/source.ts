import type { ReadOptions } from '../../../spec/schema.ts';
import type { Violation } from '../verdict.ts';

/** A column as the file names it. */
export interface SourceColumn {
  readonly name: string;
  /** SQL for its value within the source. */
  readonly sql: string;
  /** DuckDB type of `sql`. Text formats have VARCHAR throughout: types come from the contract. */
  readonly type: string;
  /** SQL that is true where the value has a shape that its text hides, such as a list: it cannot be kept. */
  readonly misshapen?: string;
}

/** A file that DuckDB can scan as often as is needed. */
export interface Source {
  /** SQL for a FROM clause. The rows come in the order of the file. */
  readonly from: string;
  readonly columns: readonly SourceColumn[];
  /** How its text is to be understood. */
  readonly read: ReadOptions;
  /** Where a line has to be parsed further: SQL for its text, and for whether it can be. */
  readonly line?: { readonly text: string; readonly whole: string };
  /** Rows that the scan must find; undefined where the format itself vouches for it. */
  readonly records: number | undefined;
  /** Average size of a row, in bytes of the file before compression; small where it is left out. */
  readonly rowBytes?: number;
  /** Records that had to be left out of the scan. */
  readonly malformed: number;
  /** What the reading has found already. */
  readonly reasons: readonly Violation[];
  readonly warnings: readonly Violation[];
  /**
   * Numbers of rows as the user sees them, line or row, from 1.
   * @param ordinals Of rows within the scan, from 1, ascending.
   */
  rowNumbers(ordinals: readonly number[]): Promise<number[]>;
}
