import * as z from 'zod';
import { type Duration, parseDuration } from './duration.ts';
import { atLeastOne, columnList, columnName, duration, identifier, share, sql } from './primitives.ts';
import { hyperparameterFields } from './search.ts';

/**
 * The model spec. This file fixes what may be written; `parse-spec.ts` says where it is wrong, and
 * `consistency.ts` checks what one field says of another.
 */

/** Lower case, so that it can be a part of an object key, a metric dimension and a CloudFormation name alike. */
const modelName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,46}[a-z0-9]$/,
    'lower-case letters, digits and -, starting with a letter, 2 to 48 long',
  );

const severity = z.enum(['error', 'warn']);

const bound = z.union([z.number(), z.string()]);

const column = z
  .strictObject({
    type: z
      .enum(['string', 'integer', 'number', 'boolean', 'date', 'timestamp'])
      .describe('What values are; one that is not is an error, whatever the severity'),
    required: z.boolean().default(false).describe('Whether every row must have a value'),
    unique: z.boolean().default(false).describe('Whether no two rows of a file may have the same value'),
    min: bound.optional().describe('Least value of a number, or earliest date'),
    max: bound.optional().describe('Largest value of a number, or latest date'),
    length: z
      .strictObject({
        min: z.int().min(0).optional().describe('Fewest characters'),
        max: z.int().min(0).optional().describe('Most characters'),
      })
      .optional()
      .describe('Characters of a text'),
    pattern: z.string().max(500).optional().describe('A regular expression that the whole text must match'),
    values: atLeastOne(z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('The only values allowed'),
    references: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*\..+$/, 'a table and a column of it, such as airports.iata')
      .optional()
      .describe('table.column that must have every value of this column'),
    tolerance: share
      .default(0)
      .describe('Share of rows that may break references, min, max, pattern, values or length'),
    max_missing: share.optional().describe('Largest share of rows without a value'),
    severity: severity
      .default('error')
      .describe('error: a broken rule rejects the file; warn: it is reported only'),
  })
  .describe('What the values of a column must be');

const table = z
  .strictObject({
    mode: z
      .enum(['append', 'replace'])
      .default('append')
      .describe('append: parts add up; replace: the newest counts'),
    time: columnName.optional().describe('The column that says when a row happened'),
    key: columnList.optional().describe('Columns whose values together are unique within a file'),
    columns: z
      .record(columnName, column)
      .describe('The quality contract; columns not named here are not kept'),
    rows: z
      .strictObject({
        min: z.int().min(0).optional().describe('Fewest rows; 1 by default'),
        max: z.int().min(1).optional().describe('Most rows'),
      })
      .optional()
      .describe('How many rows a file has'),
    checks: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(80).describe('How reports call the rule'),
          sql: sql.describe('A condition over the columns of a row (DuckDB)'),
          severity: severity.default('error').describe('error rejects the file; warn reports only'),
        }),
      )
      .optional()
      .describe('SQL conditions that every row must meet'),
    freshness: duration.optional().describe('How old the newest row may be when the file arrives'),
    max_duplicates: share.optional().describe('Largest share of rows that repeat another row entirely'),
    sorted: z.boolean().optional().describe('Rows must be in the order of the time column'),
    complete: duration.optional().describe('The time column must have a row in every period of this length'),
    on_violation: z
      .enum(['reject', 'drop'])
      .default('reject')
      .describe('reject: the whole file goes to quarantine; drop: only the rows that break a rule'),
    learned: z
      .enum(['warn', 'error', 'off'])
      .optional()
      .describe('What a file that differs from the last accepted ones means; warn by default'),
    read: z
      .strictObject({
        encoding: z
          .enum(['utf-8', 'utf-16le', 'utf-16be', 'shift_jis', 'euc-jp'])
          .optional()
          .describe('How characters are stored; a byte order mark decides before this does'),
        delimiter: z.enum([',', ';', '\t', '|']).optional().describe('What stands between values'),
        decimal: z.enum(['.', ',']).optional().describe('What stands before fractions; a point by default'),
        thousands: z
          .enum([',', '.', ' ', "'"])
          .optional()
          .describe('What separates groups of three digits; nothing by default'),
        dates: z
          .enum([
            'iso',
            'year-first',
            'day-first',
            'month-first',
            'japanese',
            'epoch-seconds',
            'epoch-milliseconds',
          ])
          .optional()
          .describe('How dates are written; by default every form that can mean one day only'),
        timezone: z
          .string()
          .max(64)
          .optional()
          .describe('Zone of times without an offset, such as Asia/Tokyo; UTC by default'),
        ambiguous: z
          .enum(['error', 'earlier', 'later'])
          .default('error')
          .describe('Which of two moments a local time means when the clocks go back'),
      })
      .optional()
      .describe('How text files are written, where detection is not wanted'),
  })
  .describe('A table that a business system exports');

const series = z
  .strictObject({
    table: identifier.describe('The table whose rows are aggregated'),
    by: z.array(columnName).default([]).describe('Columns that tell the series apart; none: one series'),
    time: columnName.describe('The time column of the table'),
    every: duration.describe('The step of the regular grid'),
    value: sql.describe('The aggregate that is forecast, such as count(*) or sum(amount)'),
    where: sql.optional().describe('Rows that count'),
    fill: z
      .enum(['zero', 'previous', 'interpolate', 'none'])
      .default('none')
      .describe('What a period without rows means'),
    season: z
      .array(z.int().min(2).max(10_000))
      .default([])
      .describe('Season lengths in steps; none: found in the data'),
    top: z.int().min(1).optional().describe('Only so many series, the largest by total value'),
  })
  .describe('The series to forecast');

const candidate = z.strictObject({
  trainer: z.enum(['baseline', 'mstl']).describe('The method'),
  ...hyperparameterFields,
});

const METRICS = ['mase', 'smape', 'wape', 'rmse'] as const;

export const specSchema = z
  .strictObject({
    name: modelName.describe('Name of the model; the file is called after it'),
    description: z.string().max(500).optional().describe('What the model is for'),
    stage: z
      .enum(['data', 'experiments', 'production'])
      .default('production')
      .describe(
        'How far the loop goes: quality gate only, tracked runs too, or deployment and monitoring as well',
      ),
    owners: z
      .strictObject({
        data: z.email().optional().describe('Who is told of quarantined files'),
        model: z.email().optional().describe('Who is told when forecasts degrade'),
        operations: z.email().optional().describe('Who is told when a workflow fails or forecasts degrade'),
      })
      .default({})
      .describe('Who answers for what; addresses that notifications go to'),
    task: z.enum(['forecasting']).describe('What the model does'),
    tables: z.record(identifier, table).describe('The tables that the model is fed with, by name'),
    series,
    horizon: z.int().min(1).max(1000).describe('Steps to forecast'),
    split: z
      .strictObject({
        by: z.literal('time').default('time').describe('What the parts are cut by'),
        validation: duration.describe('Length of the part that the best candidate is chosen on'),
        test: duration.describe('Length of the last part, which the gate looks at'),
      })
      .optional()
      .describe('The last parts of the time range; one horizon each by default'),
    candidates: atLeastOne(candidate)
      .default([
        { trainer: 'baseline', hyperparameters: {} },
        { trainer: 'mstl', hyperparameters: {} },
      ])
      .describe('Methods that are tried'),
    gate: z
      .strictObject({
        metric: z.enum(METRICS).default('mase').describe('What is measured on the test part'),
        max: z.number().positive().optional().describe('Largest value of the metric that may pass'),
        better_than: z
          .array(z.enum(['baseline', 'champion']))
          .default(['baseline'])
          .describe(
            'What a candidate is compared with: it must beat the baseline, and not lose to the champion',
          ),
        confidence: z
          .number()
          .min(0.5)
          .max(0.999)
          .default(0.9)
          .describe(
            'How sure the comparison must be, by a bootstrap over series and time; 0.5: the better figure is enough',
          ),
      })
      .prefault({})
      .describe('What a candidate must reach to become a version'),
    approval: z.enum(['automatic']).default('automatic').describe('Who lets a version into production'),
    rollout: z.enum(['all-at-once']).default('all-at-once').describe('How a version gets into production'),
    monitoring: z
      .strictObject({
        every: duration.default('1 day').describe('How often forecasts are compared with what happened'),
        performance: z
          .strictObject({
            metric: z.enum(METRICS).default('mase').describe('What is measured'),
            max_drop: z
              .number()
              .min(0)
              .default(0.5)
              .describe('How far the metric may fall behind its value on the test part, as a share of it'),
          })
          .prefault({})
          .describe('When the forecasts count as degraded'),
      })
      .prefault({})
      .describe('How production is watched'),
  })
  .describe('An Antei model spec');

/** A spec with every default filled in. */
export type Spec = z.output<typeof specSchema>;
export type TableSpec = Spec['tables'][string];
export type ColumnSpec = TableSpec['columns'][string];
export type ColumnType = ColumnSpec['type'];
export type ReadOptions = NonNullable<TableSpec['read']>;
export type SeriesSpec = Spec['series'];
export type Severity = z.output<typeof severity>;
export type MetricName = (typeof METRICS)[number];

/** A duration of a parsed spec. The schema has checked the text. */
export function durationOf(text: string): Duration {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new TypeError(`"${text}" is no duration`);
  return parsed;
}
