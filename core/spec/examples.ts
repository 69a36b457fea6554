import * as z from 'zod';
import { columnList, columnName, duration, identifier, share, sql } from './primitives.ts';

/** The sections of a spec that describe a tabular task: regression or classification of rows. */

const join = z
  .strictObject({
    table: identifier.describe('The table that is looked into'),
    as: identifier.optional().describe("Name in the expressions; the table's by default"),
    on: sql.describe('Which row belongs to an example; at most one may'),
    asof: z
      .boolean()
      .optional()
      .describe(
        "true: the newest matching row at the example's time or before it. A table with a time column needs it, or " +
          'false where its rows do not depend on time',
      ),
    delay: duration.optional().describe('asof only: how long after its own time a row is known'),
  })
  .describe('A table that examples look up values in');

const feature = z.union([
  sql,
  z.strictObject({
    sql: sql.describe('The value'),
    measured: sql.describe(
      "A timestamp expression: when the value was measured; never after the example's time",
    ),
  }),
]);

export const examplesSchema = z
  .strictObject({
    base: identifier.describe('The table whose rows are the examples'),
    id: columnList.describe('Columns of the base table that name an example'),
    time: columnName.optional().describe("When an example happens; the base table's time column by default"),
    where: sql
      .optional()
      .describe('Rows to learn from; a request for predictions is answered for each of its rows'),
    joins: z.array(join).default([]).describe('Tables that examples look up values in'),
    features: z
      .record(identifier, feature)
      .refine(features => Object.keys(features).length > 0, 'at least one feature')
      .describe('What the model looks at, by name: SQL over the base table and its joins'),
    target: sql.describe('What is predicted'),
    known: z
      .array(columnName)
      .default([])
      .describe(
        'Columns of the base table in the target that are known before the event, so features may use them',
      ),
  })
  .describe('How examples are made of tables: SQL expressions over the base table and its joins');

const parts = {
  validation: 'The part that the best candidate is chosen on: its length, or its share',
  test: 'The part that the gate looks at: its length, or its share',
} as const;
const shares = {
  validation: share.gt(0).describe(parts.validation),
  test: share.gt(0).describe(parts.test),
};
const by = <T extends string>(way: T) => z.literal(way).describe('What the parts are cut by');

export const exampleSplitSchema = z
  .discriminatedUnion('by', [
    z.strictObject({
      by: by('time'),
      validation: duration.describe(parts.validation),
      test: duration.describe(parts.test),
    }),
    z.strictObject({ by: by('hash'), ...shares }),
    z.strictObject({
      by: by('group'),
      columns: columnList.describe('Rows with equal values here go together'),
      ...shares,
    }),
  ])
  .refine(split => split.by === 'time' || split.validation + split.test < 1, {
    error: 'validation and test together must leave something to train on: less than 1',
  });

export type ExamplesSpec = z.output<typeof examplesSchema>;
export type ExampleSplit = z.output<typeof exampleSplitSchema>;
export type JoinSpec = ExamplesSpec['joins'][number];
