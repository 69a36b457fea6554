/** What makes a spreadsheet take a cell of a CSV for a formula, if it stands in front. */
const FORMULA = '^[=+@\\t\\r\\n-]';

/**
 * SQL for text as it may stand in a CSV that people open in a spreadsheet: what would be run as a formula gets an
 * apostrophe in front. A number that was read as text is none the less a number, and stays as it is.
 * @param text SQL for a text.
 */
export const spreadsheetCell = (text: string): string => `
  CASE WHEN regexp_matches(${text}, '${FORMULA}')
    AND NOT regexp_full_match(${text}, '[+-]?[0-9]*[.]?[0-9]+([eE][+-]?[0-9]+)?')
  THEN '''' || ${text} ELSE ${text} END`;

/** The same for a heading, which no number is. */
export const spreadsheetHeading = (name: string): string =>
  new RegExp(FORMULA).test(name) ? `'${name}` : name;
