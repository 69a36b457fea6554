import { modelKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { ObjectNotFoundError } from '../../telemetry/errors.ts';
import { methodOf } from '../trainers.ts';
import { loadPredictorArtifact, MODEL_FILE, type PredictorArtifact } from './predictor-artifact.ts';
import type { Predictor } from './tabular-method.ts';

/** A trained model and what belongs to it. */
export interface LoadedPredictor extends AsyncDisposable {
  readonly artifact: PredictorArtifact;
  readonly predictor: Predictor;
}

/** The model of a run that succeeded, to be disposed of. Throws ObjectNotFoundError when there is none. */
export async function loadPredictor(
  models: ObjectStore,
  model: string,
  run: string,
): Promise<LoadedPredictor> {
  const artifact = await loadPredictorArtifact(models, model, run);
  const key = modelKeys.run(model, run, MODEL_FILE);
  const object = await models.get(key);
  if (object === undefined) throw new ObjectNotFoundError(models.url, key);
  const { recipe, features } = artifact;
  const subject = { question: recipe.question, features };
  const predictor = await methodOf('tabular', recipe.trainer).decode(object.body, subject);
  return { artifact, predictor, [Symbol.asyncDispose]: () => predictor[Symbol.asyncDispose]() };
}
