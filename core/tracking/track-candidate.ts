import { canonicalJson } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import { keptFile } from '../training/onnx/brought-files.ts';
import { runId, type TrainingRequest } from '../training/run-id.ts';
import { RUN_SPEC, type RunRecord, settledRun } from '../training/run-record.ts';
import { trainCandidate } from '../training/train-candidate.ts';
import type { Attempt, VersionedObject } from './lineage-event.ts';
import { endJob, type JobResult, trackJob } from './track-job.ts';
import { datasetFiles } from './tracked-files.ts';

/**
 * Trains one candidate and keeps all that is needed to do it again: the spec beside the run, and its lineage as
 * OpenLineage events. A run that exists already is returned as it is, and is no new attempt.
 * @throws what `trainCandidate` throws, after the FAIL of the attempt.
 */
export async function trackCandidate(request: TrainingRequest): Promise<RunRecord> {
  const { models, spec, time, codeDigest } = request;
  const id = runId(request);
  const attempt: Attempt = {
    ...{ model: spec.name, job: 'train', variant: request.candidate.trainer, run: id, time, codeDigest },
    node: process.versions.node,
  };
  const known = await settledRun(models, spec.name, id, time);
  if (known !== undefined) {
    // This very attempt was cut short after its run had been written.
    if (sameMoment(known.time, time)) await endJob(models, attempt, await endOf(request, known));
    return known;
  }
  return trackJob(models, attempt, { inputs: await inputsOf(request) }, async () => {
    await models.put(modelKeys.run(spec.name, id, RUN_SPEC), canonicalJson(spec));
    const run = await trainCandidate(request);
    return { result: run, end: await endOf(request, run) };
  });
}

const sameMoment = (a: string, b: string): boolean => Date.parse(a) === Date.parse(b);

async function endOf(request: TrainingRequest, run: RunRecord): Promise<JobResult<RunRecord>['end']> {
  const told = { after: run.seconds, inputs: await inputsOf(request) };
  if (run.status === 'failed') {
    return { ...told, error: `${run.error.name}: ${run.error.message}` };
  }
  const outputs = Object.entries(run.artifacts).map(([name, sha256]) => ({
    ...{ store: request.models, key: modelKeys.run(run.model, run.id, name), sha256 },
  }));
  return { ...told, outputs };
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
