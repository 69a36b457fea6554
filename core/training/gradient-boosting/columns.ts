/** Examples come in columns: element i of every column, of the target and of the weights belongs to example i. */
export type Column = NumericColumn | CategoricalColumn;

export interface NumericColumn {
  readonly kind: 'numeric';
  readonly name: string;
  /** NaN is missing. Infinities are values like others: below and above all finite ones. */
  readonly values: Float64Array;
}

export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly name: string;
  /** Index into `categories`; -1 is missing. */
  readonly codes: Int32Array;
  readonly categories: readonly string[];
}

/** Examples of a column. */
export const lengthOf = (column: Column): number =>
  column.kind === 'numeric' ? column.values.length : column.codes.length;
