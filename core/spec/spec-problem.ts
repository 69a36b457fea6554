/** One mistake: where it stands in the spec, and what is wrong there. */
export interface SpecProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Names in a message. */
export const listOf = (names: Iterable<string>): string => [...names].join(', ') || 'none';

export const unknownColumn = (
  path: readonly (string | number)[],
  column: string,
  table: string,
  columns: readonly string[],
): SpecProblem => ({
  path,
  message: `there is no column "${column}" in table ${table}; its columns: ${listOf(columns)}`,
});
