import { literal } from './quote.ts';

/**
 * SQL of the rows of Parquet files, in the order of the files. Columns are matched by name: a column that a contract
 * gained later is null in older parts. Folder names such as `a=b` never become columns.
 */
export const parquetRows = (paths: readonly string[]): string =>
  `read_parquet([${paths.map(literal).join(', ')}], union_by_name = true, hive_partitioning = false)`;
