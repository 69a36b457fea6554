/** Columns that a forecast adds to those of its series; the columns of a series cannot have these names. */
export const FORECAST_COLUMNS = ['forecast', 'lower_80', 'upper_80', 'lower_95', 'upper_95'] as const;

/** The column that says why a row of a request has no answer. */
export const REASON_COLUMN = 'reason';
