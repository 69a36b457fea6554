import { canonicalJson } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import { keptFile } from '../training/onnx/brought-files.ts';
import { findRun, RUN_SPEC, type RunRecord } from '../training/run-record.ts';
import { runId, type TrainingRequest, trainCandidate } from '../training/train-candidate.ts';
import type { Attempt, Happening, VersionedObject } from './lineage-event.ts';
import { recordLineage } from './record-lineage.ts';
import { datasetFiles } from './tracked-files.ts';

/**
 * Trains one candidate and keeps all that is needed to do it again: the spec beside the run, and its lineage as
 * OpenLineage events. A run that exists already is returned as it is, and is no new attempt.
 * @throws what `trainCandidate` throws; the attempt then stays open until the workflow's failure is recorded.
 */
export async function trackCandidate(request: TrainingRequest): Promise<RunRecord> {
  const { models, spec, time, codeDigest } = request;
  const id = runId(request);
  const attempt: Attempt = {
    ...{ model: spec.name, trainer: request.candidate.trainer, run: id, time, codeDigest },
    node: process.versions.node,
  };
  const known = await findRun(models, spec.name, id);
  if (known === undefined) {
    await recordLineage(models, attempt, { type: 'START', inputs: await inputsOf(request) });
    await models.put(modelKeys.run(spec.name, id, RUN_SPEC), canonicalJson(spec));
  }
  const run = known ?? (await trainCandidate(request));
  // Also when this very attempt was cut short after its run had been written.
  if (sameMoment(run.time, time)) await recordLineage(models, attempt, await endOf(request, run));
  return run;
}

const sameMoment = (a: string, b: string): boolean => Date.parse(a) === Date.parse(b);

async function endOf(request: TrainingRequest, run: RunRecord): Promise<Happening> {
  const told = { after: run.seconds, inputs: await inputsOf(request) };
  if (run.status === 'failed') {
    return { ...told, type: 'FAIL', error: `${run.error.name}: ${run.error.message}` };
  }
  const outputs = Object.entries(run.artifacts).map(([name, sha256]) => ({
    ...{ store: request.models, key: modelKeys.run(run.model, run.id, name), sha256 },
  }));
  return { ...told, type: 'COMPLETE', outputs };
}

/** Training never opens the test part. */
async function inputsOf({
  data,
  models,
  spec,
  dataset,
  candidate,
}: TrainingRequest): Promise<VersionedObject[]> {
  const files = (await datasetFiles(data, spec.name, dataset)) ?? [];
  const seen = files
    .filter(({ key }) => !key.endsWith('/test.parquet'))
    .map(({ key, sha256 }) => ({ store: data, key, sha256 }));
  const brought = keptFile(spec.name, candidate);
  return brought === undefined ? seen : [...seen, { store: models, ...brought }];
}
