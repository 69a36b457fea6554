/** The examples of a dataset come in these columns already. */
export {
  type CategoricalColumn,
  type Column,
  lengthOf,
  type NumericColumn,
} from '../../data/features/columns.ts';
