/** Ends of the prediction intervals, in the order in which answers have them. */
export const BOUND_COLUMNS = ['lower_80', 'upper_80', 'lower_95', 'upper_95'] as const;

/** Columns that a forecast adds to those of its series; the columns of a series cannot have these names. */
export const FORECAST_COLUMNS = ['forecast', ...BOUND_COLUMNS] as const;

/** The column that says why a row of a request has no answer. */
export const REASON_COLUMN = 'reason';

/** The column of an answer that has the predicted number or class. */
export const PREDICTION_COLUMN = 'prediction';

/** Columns that the answer to a request of rows has whatever the classes are; a request cannot have them itself. */
export const predictionColumns = (task: 'regression' | 'classification'): readonly string[] => [
  PREDICTION_COLUMN,
  ...(task === 'regression' ? BOUND_COLUMNS : []),
  REASON_COLUMN,
];
