/** A column as the file names it. */
export interface SourceColumn {
  readonly name: string;
  /** SQL for its value within the source. */
  readonly sql: string;
  /** DuckDB type of `sql`. Text formats have VARCHAR throughout: types come from the contract. */
  readonly type: string;
}

/** A file that DuckDB can scan as often as is needed. */
export interface Source {
  readonly format: 'delimited' | 'json-lines' | 'parquet';
  /** SQL for a FROM clause. The rows come in the order of the file. */
  readonly from: string;
  readonly columns: readonly SourceColumn[];
  /** What a row's number means to the reader of a report. */
  readonly rowWord: 'line' | 'row';
  /**
   * Numbers of rows as the user sees them, for ordinals of rows within the scan, from 1.
   * @param ordinals In ascending order.
   */
  rowNumbers(ordinals: readonly number[]): Promise<Map<number, number>>;
}
