import * as z from 'zod';
import { type MetricName, metricsOf, type Task } from './metrics.ts';
import { atLeastOne, duration } from './primitives.ts';
import { approvalSchema, rolloutSchema } from './release.ts';
import { scriptFields } from './script.ts';
import { hyperparameterFields } from './search.ts';
import { type TrainerName, trainersFor } from './trainer-names.ts';

/** Parts of a path never begin with a point, so none of them leads out of the folder. */
const modelFile = z
  .string()
  .max(200)
  .regex(
    /^([A-Za-z0-9_][A-Za-z0-9_.-]*\/)*[A-Za-z0-9_][A-Za-z0-9_.-]*\.onnx$/,
    'the path of an ONNX file in the folder of the spec or below it, of letters, digits, _, - and ., such as ' +
      'trained/risk.onnx',
  );

const candidateFor = (task: Task) =>
  z.strictObject({
    trainer: z.enum(trainersFor(task)).describe('The method'),
    file: modelFile.optional().describe('onnx only: the trained model, a path from the folder of the spec'),
    ...scriptFields,
    ...hyperparameterFields,
  });

/** What a task asks for where a spec says nothing. */
interface LearningDefaults {
  readonly trainers: readonly TrainerName[];
  readonly metric: MetricName;
  readonly maxDrop: number;
}

/** Cycles that rows may repeat by. */
export const CYCLES = ['day', 'week', 'year'] as const;
export type Cycle = (typeof CYCLES)[number];

const driftFields = {
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('Share of the features, or series, that must have drifted for the whole to count as drifted'),
  psi: z
    .boolean()
    .default(false)
    .describe('Whether the population stability index is reported too; it decides nothing'),
};

const WHEN_DRIFTED = 'When the input counts as changed';

/** When the series of a model count as changed. */
const driftSchema = z.strictObject(driftFields).prefault({}).describe(WHEN_DRIFTED);

/** When the rows of a model count as changed: rows do not say themselves what they repeat by. */
const tabularDriftSchema = z
  .strictObject({
    ...driftFields,
    season: z
      .enum(CYCLES)
      .optional()
      .describe(
        'What the rows repeat by: a window is then compared with the same hours of the day, hours of the week, or months',
      ),
  })
  .prefault({})
  .describe(WHEN_DRIFTED);

/** The cycle that a spec says its rows repeat by; series have seasons of their own. */
export const cycleOf = ({
  drift,
}: {
  readonly drift: z.output<typeof driftSchema> | z.output<typeof tabularDriftSchema>;
}): Cycle | undefined => ('season' in drift ? drift.season : undefined);

/** What every spec says of candidates, of how good they must be and of how long they stay so, in the terms of its task. */
export const learningOf = (task: Task, { trainers, metric, maxDrop }: LearningDefaults) => ({
  candidates: atLeastOne(candidateFor(task))
    .default(trainers.map(trainer => ({ trainer, hyperparameters: {} })))
    .describe('Methods that are tried'),
  gate: z
    .strictObject({
      metric: z.enum(metricsOf(task)).default(metric).describe('What is measured on the test part'),
      max: z
        .number()
        .positive()
        .optional()
        .describe('Largest value of the metric that may pass, where lower is better'),
      min: z
        .number()
        .optional()
        .describe('Smallest value of the metric that may pass, where higher is better'),
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
          'How sure the comparison must be, by a bootstrap over series and time, or over days or groups of rows; 0.5: the better figure is enough',
        ),
    })
    .prefault({})
    .describe('What a candidate must reach to become a version'),
  approval: approvalSchema
    .default('automatic')
    .describe('Who lets a version into production: the gate alone, or a person'),
  rollout: rolloutSchema
    .default('all-at-once')
    .describe('How a version gets into production: at once, or after a trial beside the champion'),
  monitoring: z
    .strictObject({
      every: duration.default('1 day').describe('How often predictions are compared with what happened'),
      performance: z
        .strictObject({
          metric: z.enum(metricsOf(task)).default(metric).describe('What is measured'),
          max_drop: z
            .number()
            .min(0)
            .default(maxDrop)
            .describe('How far the metric may fall behind its value on the test part, as a share of it'),
        })
        .prefault({})
        .describe('When the predictions count as degraded'),
      on_drift: z
        .enum(['notify', 'retrain'])
        .default('notify')
        .describe('What is done by itself when inputs have drifted; owners are told in any case'),
      on_degradation: z
        .enum(['notify', 'retrain', 'rollback'])
        .default('notify')
        .describe(
          'What is done by itself when predictions are degraded; rollback also when the endpoint is ill',
        ),
      cooldown: duration
        .default('1 day')
        .describe('How long after retraining or rolling back by itself the same is not done again'),
      drift: task === 'forecasting' ? driftSchema : tabularDriftSchema,
    })
    .prefault({})
    .describe('How production is watched'),
});
