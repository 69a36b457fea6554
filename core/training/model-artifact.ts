import * as z from 'zod';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ObjectNotFoundError } from '../telemetry/errors.ts';
import { calibrationSchema } from './conformal.ts';
import { recipeSchema } from './recipe.ts';

/** Name of the artifact under its run. */
export const MODEL_ARTIFACT = 'model/model.json';

/** What a run leaves behind to make forecasts with. Equal runs leave equal bytes. */
export const modelArtifactSchema = z.object({
  recipe: recipeSchema,
  calibration: calibrationSchema,
  /** SHA-256 of the forecasts of the validation part: a reproduction that forecasts otherwise has another artifact. */
  forecasts: z.string(),
});

export type ModelArtifact = z.output<typeof modelArtifactSchema>;

/** The artifact of a run that succeeded. Throws ObjectNotFoundError when there is none. */
export async function loadArtifact(models: ObjectStore, model: string, run: string): Promise<ModelArtifact> {
  const key = modelKeys.run(model, run, MODEL_ARTIFACT);
  const object = await models.get(key);
  if (object === undefined) throw new ObjectNotFoundError(models.url, key);
  return modelArtifactSchema.parse(JSON.parse(object.body.toString()));
}
