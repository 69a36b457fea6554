import * as z from 'zod';
import { sha256 } from '../../storage/digest.ts';
import { modelKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { ObjectNotFoundError } from '../../telemetry/errors.ts';
import type { CandidateRequest } from '../recipe-of.ts';

/** A candidate that brings a file says which; once the file has been kept, also which bytes it had. */
export const broughtSchema = z.strictObject({
  file: z.string(),
  sha256: z.string().exactOptional(),
});

/** Bytes of the largest file that is taken: a function has to hold it, and what the runtime makes of it. */
const LARGEST = 512 * 2 ** 20;

/**
 * Gives the candidates that bring a file the hash of its bytes, and keeps the bytes under it: what is brought may be
 * replaced at any time, and a run must be of the bytes that its record names. A file that is not there, or is too
 * large, gets no hash; its run says so.
 */
export async function keepBrought(
  models: ObjectStore,
  model: string,
  candidates: readonly CandidateRequest[],
): Promise<CandidateRequest[]> {
  const kept: CandidateRequest[] = [];
  for (const candidate of candidates) {
    const brought = broughtBy(candidate);
    const hash = brought && (await keep(models, model, brought.file));
    kept.push(
      hash === undefined
        ? candidate
        : { ...candidate, hyperparameters: { ...candidate.hyperparameters, sha256: hash } },
    );
  }
  return kept;
}

async function keep(models: ObjectStore, model: string, file: string): Promise<string | undefined> {
  const key = modelKeys.brought(model, file);
  const info = await models.head(key);
  if (info === undefined || info.size > LARGEST) return undefined;
  const object = await models.get(key);
  if (object === undefined) return undefined;
  const hash = sha256(object.body);
  await models.putIfAbsent(modelKeys.kept(model, hash), object.body);
  return hash;
}

/** The file that a candidate brings, and nothing for the candidates of trainers that learn. */
const broughtBy = ({
  trainer,
  hyperparameters,
}: CandidateRequest): z.output<typeof broughtSchema> | undefined =>
  trainer === 'onnx' ? broughtSchema.safeParse(hyperparameters).data : undefined;

/** Where the bytes that a candidate brings are; undefined where it brings none, or they were not there to be kept. */
export function keptFile(
  model: string,
  candidate: CandidateRequest,
): { readonly key: string; readonly sha256: string } | undefined {
  const hash = broughtBy(candidate)?.sha256;
  return hash === undefined ? undefined : { key: modelKeys.kept(model, hash), sha256: hash };
}

/**
 * The bytes that a candidate brings; undefined where it brings none, or they were not there to be kept.
 * @throws ObjectNotFoundError when kept bytes are gone.
 */
export async function readBrought(
  models: ObjectStore,
  model: string,
  candidate: CandidateRequest,
): Promise<Uint8Array | undefined> {
  const file = keptFile(model, candidate);
  if (file === undefined) return undefined;
  const object = await models.get(file.key);
  if (object === undefined) throw new ObjectNotFoundError(models.url, file.key);
  return object.body;
}
