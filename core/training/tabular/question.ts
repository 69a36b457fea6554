import * as z from 'zod';
import type { ExamplesRecord } from '../../data/dataset/examples-record.ts';
import type { TabularSpec } from '../../spec/schema.ts';

/** What a tabular model is asked. */
export const questionSchema = z.discriminatedUnion('task', [
  z.object({
    task: z.literal('regression'),
    /** The quantile of the target that is predicted; absent for its mean. */
    quantile: z.number().optional(),
  }),
  z.object({
    task: z.literal('classification'),
    /** Sorted. Of two, the second is the positive one, such as `true`. */
    classes: z.array(z.string()).min(2),
  }),
]);

export type Question = z.output<typeof questionSchema>;

/** The question of a spec over a dataset, whose target has the classes. */
export function questionOf(spec: TabularSpec, { columns: { target } }: ExamplesRecord): Question {
  if (spec.task === 'classification') return { task: spec.task, classes: target.classes ?? [] };
  return { task: spec.task, ...(spec.quantile !== undefined && { quantile: spec.quantile }) };
}
