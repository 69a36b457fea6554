import * as z from 'zod';
import type { TabularSection } from '../../data/features/tabular-section.ts';
import { exampleSplitSchema, examplesSchema } from '../../spec/examples.ts';
import { type TabularSpec, tablesSchema } from '../../spec/schema.ts';
import { modelKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { ObjectNotFoundError } from '../../telemetry/errors.ts';
import { calibrationSchema } from '../conformal.ts';
import { MODEL_ARTIFACT } from '../model-artifact.ts';
import { tabularRecipeSchema } from './tabular-recipe.ts';

/** Name of the model itself under its run; its description lies beside it under MODEL_ARTIFACT. */
export const MODEL_FILE = 'model/model.bin';

const sectionSchema = z.object({
  task: z.enum(['regression', 'classification']),
  tables: tablesSchema,
  examples: examplesSchema,
  split: exampleSplitSchema,
});

/**
 * What a run leaves behind to answer requests with. The section of the spec is a part of it: requests go through the
 * SQL that the model was trained on, whatever the spec has become since.
 */
export const predictorArtifactSchema = z.object({
  recipe: tabularRecipeSchema,
  section: sectionSchema,
  features: z.array(z.object({ name: z.string(), kind: z.enum(['number', 'category']) })),
  /** Widths of the intervals of a regression, in the unit of the target; null for a classification. */
  calibration: calibrationSchema.nullable(),
});

export type PredictorArtifact = z.output<typeof predictorArtifactSchema>;

/** What of a spec makes its features: the tables that examples use, and the examples. */
export function sectionOf({ task, tables, examples, split }: TabularSpec): TabularSection {
  const used = new Set([examples.base, ...examples.joins.map(({ table }) => table)]);
  const contracts = Object.entries(tables).filter(([name]) => used.has(name));
  return { task, tables: Object.fromEntries(contracts), examples, split };
}

/** The artifact of a run that succeeded. Throws ObjectNotFoundError when there is none. */
export async function loadPredictorArtifact(
  models: ObjectStore,
  model: string,
  run: string,
): Promise<PredictorArtifact> {
  const key = modelKeys.run(model, run, MODEL_ARTIFACT);
  const object = await models.get(key);
  if (object === undefined) throw new ObjectNotFoundError(models.url, key);
  return predictorArtifactSchema.parse(JSON.parse(object.body.toString()));
}
