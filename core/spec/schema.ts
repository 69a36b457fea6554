import * as z from 'zod';
import { type Duration, parseDuration } from './duration.ts';
import { exampleSplitSchema, examplesSchema } from './examples.ts';
import { type MetricName, metricsOf, TASKS, type Task } from './metrics.ts';
import { atLeastOne, columnList, columnName, duration, identifier, share, sql } from './primitives.ts';
import { type TrainerName, trainersFor } from './trainer-names.ts';

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

const column = z
  .strictObject({
    type: z.enum(['string', 'integer', 'number', 'boolean', 'date', 'timestamp']),
    required: z.boolean().default(false),
    unique: z.boolean().default(false),
    min: z.union([z.number(), z.string()]).optional(),
    max: z.union([z.number(), z.string()]).optional(),
    length: z.strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() }).optional(),
    pattern: z.string().max(500).optional(),
    values: atLeastOne(z.union([z.string(), z.number(), z.boolean()])).optional(),
    /** `table.column` whose values this column may take. */
    references: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*\..+$/, 'a table and a column of it, such as airports.iata')
      .optional(),
    /** Share of rows that may break `references`, `min`, `max`, `pattern`, `values` or `length`. */
    tolerance: share.default(0),
    /** Largest share of rows without a value. */
    max_missing: share.optional(),
    severity: severity.default('error'),
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
    rows: z.strictObject({ min: z.int().min(0).optional(), max: z.int().min(1).optional() }).optional(),
    checks: z
      .array(z.strictObject({ name: z.string().min(1).max(80), sql, severity: severity.default('error') }))
      .optional()
      .describe('SQL conditions that every row must meet'),
    freshness: duration.optional().describe('How old the newest row may be when the file arrives'),
    max_duplicates: share.optional().describe('Largest share of rows that repeat another row entirely'),
    sorted: z.boolean().optional().describe('Rows must be in the order of the time column'),
    complete: duration.optional().describe('The time column must have a row in every period of this length'),
    on_violation: z.enum(['reject', 'drop']).default('reject'),
    read: z
      .strictObject({
        encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'shift_jis', 'euc-jp']).optional(),
        delimiter: z.enum([',', ';', '\t', '|']).optional(),
        decimal: z.enum(['.', ',']).optional(),
        thousands: z.enum([',', '.', ' ', "'"]).optional(),
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
          .optional(),
        timezone: z.string().max(64).optional(),
        ambiguous: z.enum(['error', 'earlier', 'later']).default('error'),
      })
      .optional()
      .describe('How text files are written, where detection is not wanted'),
  })
  .describe('A table that a business system exports');

const series = z
  .strictObject({
    table: identifier,
    by: z.array(columnName).default([]).describe('Columns that tell the series apart; none: one series'),
    time: columnName.describe('The time column of the table'),
    every: duration.describe('The step of the regular grid'),
    value: sql.describe('The aggregate that is forecast, such as count(*) or sum(amount)'),
    where: sql.optional().describe('Rows that count'),
    fill: z
      .enum(['zero', 'previous', 'interpolate', 'none'])
      .default('none')
      .describe('What a period without rows means'),
    season: z.array(z.int().min(2).max(10_000)).default([]).describe('Season lengths in steps'),
    top: z.int().min(1).optional().describe('Only so many series, the largest by total value'),
  })
  .describe('The series to forecast');

const hyperparameters = z.record(identifier, z.union([z.number(), z.string(), z.boolean()]));

const candidateFor = (task: Task) =>
  z.strictObject({
    trainer: z.enum(trainersFor(task)),
    hyperparameters: hyperparameters.default({}),
  });

/** What every spec says of candidates, and of how good they must be, in the terms of its task. */
const learningOf = (task: Task, defaults: { trainers: TrainerName[]; metric: MetricName; maxDrop: number }) => ({
  candidates: atLeastOne(candidateFor(task)).default(
    defaults.trainers.map(trainer => ({ trainer, hyperparameters: {} })),
  ),
  gate: z
    .strictObject({
      metric: z.enum(metricsOf(task)).default(defaults.metric),
      max: z
        .number()
        .positive()
        .optional()
        .describe('Largest value of the metric that may pass, where lower is better'),
      min: z
        .number()
        .optional()
        .describe('Smallest value of the metric that may pass, where higher is better'),
      better_than: z.array(z.enum(['baseline', 'champion'])).default(['baseline']),
    })
    .prefault({}),
  approval: z.enum(['automatic']).default('automatic'),
  rollout: z.enum(['all-at-once']).default('all-at-once'),
  monitoring: z
    .strictObject({
      every: duration.default('1 day'),
      performance: z
        .strictObject({
          metric: z.enum(metricsOf(task)).default(defaults.metric),
          max_drop: z
            .number()
            .min(0)
            .default(defaults.maxDrop)
            .describe('How far the metric may fall behind its value on the test part, as a share of it'),
        })
        .prefault({}),
    })
    .prefault({}),
});

const identity = {
  name: modelName,
  description: z.string().max(500).optional(),
  stage: z
    .enum(['data', 'experiments', 'production'])
    .default('production')
    .describe(
      'How far the loop goes: quality gate only, tracked runs too, or deployment and monitoring as well',
    ),
  owners: z
    .strictObject({ data: z.email(), model: z.email(), operations: z.email() })
    .partial()
    .default({}),
};

/** The tables of a spec. */
export const tablesSchema = z.record(identifier, table);

export const forecastingSpecSchema = z
  .strictObject({
    ...identity,
    task: z.literal('forecasting'),
    tables: tablesSchema,
    series,
    horizon: z.int().min(1).max(1000).describe('Steps to forecast'),
    split: z
      .strictObject({ by: z.literal('time').default('time'), validation: duration, test: duration })
      .optional()
      .describe('The last parts of the time range; one horizon each by default'),
    ...learningOf('forecasting', { trainers: ['baseline', 'mstl'], metric: 'mase', maxDrop: 0.5 }),
  })
  .describe('A model that forecasts series');

/** Examples without a time are split by their ids; those of a table with a time say so in the spec. */
const examplesSections = {
  tables: tablesSchema,
  examples: examplesSchema,
  split: exampleSplitSchema.describe('Which examples validate and test: the last ones, or a share of them'),
  slices: z
    .array(identifier)
    .max(20)
    .default([])
    .describe('Features by whose values the metrics are told apart as well'),
};

const TABULAR_TRAINERS: TrainerName[] = ['baseline', 'gradient-boosting'];

export const regressionSpecSchema = z
  .strictObject({
    ...identity,
    task: z.literal('regression'),
    ...examplesSections,
    quantile: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe('What is predicted of the target: this quantile; by default its mean'),
    ...learningOf('regression', { trainers: TABULAR_TRAINERS, metric: 'rmse', maxDrop: 0.2 }),
  })
  .describe('A model that predicts a number for each row');

export const classificationSpecSchema = z
  .strictObject({
    ...identity,
    task: z.literal('classification'),
    ...examplesSections,
    ...learningOf('classification', { trainers: TABULAR_TRAINERS, metric: 'auc', maxDrop: 0.05 }),
  })
  .describe('A model that predicts one of several classes for each row');

/** The schema of the specs of each task. */
export const SPEC_SCHEMAS = {
  forecasting: forecastingSpecSchema,
  regression: regressionSpecSchema,
  classification: classificationSpecSchema,
} as const satisfies Record<Task, z.ZodType>;

export const specSchema = z
  .discriminatedUnion('task', [forecastingSpecSchema, regressionSpecSchema, classificationSpecSchema])
  .describe('An Antei model spec');

/** A spec with every default filled in. */
export type Spec = z.output<typeof specSchema>;
export type ForecastingSpec = Extract<Spec, { task: 'forecasting' }>;
export type TabularSpec = Exclude<Spec, ForecastingSpec>;
export type TableSpec = Spec['tables'][string];
export type ColumnSpec = TableSpec['columns'][string];
export type ColumnType = ColumnSpec['type'];
export type ReadOptions = NonNullable<TableSpec['read']>;
export type SeriesSpec = ForecastingSpec['series'];
export type Severity = z.output<typeof severity>;
export type Candidate = Spec['candidates'][number];

/** Whether a spec is about rows instead of series. */
export const isTabular = (spec: Spec): spec is TabularSpec => spec.task !== 'forecasting';

/** Whether a word is the name of a task. */
export const isTask = (word: unknown): word is Task => TASKS.some(task => task === word);

/** A duration of a parsed spec. The schema has checked the text. */
export function durationOf(text: string): Duration {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new TypeError(`"${text}" is no duration`);
  return parsed;
}
