import * as z from 'zod';
import { canonicalJson } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type Attempt, type Happening, type Job, jobSchema, lineageEvent } from './lineage-event.ts';

/**
 * Writes the event of an attempt. Each attempt has one START and one end, under keys of their own: whoever comes second
 * with another end, or the same again, changes nothing.
 */
export async function recordLineage(
  models: ObjectStore,
  attempt: Attempt,
  happening: Happening,
): Promise<void> {
  const { model, run, time } = attempt;
  const part = happening.type === 'START' ? 'start' : 'end';
  const key = modelKeys.lineage(model, time, run, part);
  await models.putIfAbsent(key, canonicalJson(lineageEvent(attempt, happening)));
}

/** The jobs of each workflow: what a failed one leaves behind is not for the others to end. */
const JOBS_OF: Readonly<Record<string, readonly Job[]>> = {
  delivery: ['validate', 'snapshot', 'train', 'evaluate'],
  prediction: ['predict'],
  monitoring: ['measure'],
};

/**
 * Ends the attempts of a moment that began and did not end: their function died or ran out of time, and the workflow
 * has failed.
 * @param workflow Name of the workflow.
 * @param error Why, in plain words.
 */
export async function abortUnfinished(o: {
  readonly models: ObjectStore;
  readonly model: string;
  readonly time: string;
  readonly workflow: string;
  readonly error: string;
}): Promise<number> {
  const { models, model, time, workflow, error } = o;
  const started = new Map<string, string>();
  const ended = new Set<string>();
  for await (const { key } of models.list(modelKeys.lineageAt(model, time))) {
    const run = /-([^-/]+)\/(?:start|end)\.json$/.exec(key)?.[1];
    if (run === undefined) continue;
    if (key.endsWith('/start.json')) started.set(run, key);
    else ended.add(run);
  }
  let aborted = 0;
  for (const [run, key] of started) {
    if (ended.has(run)) continue;
    const object = await models.get(key);
    if (object === undefined) continue;
    const attempt = attemptOf(JSON.parse(object.body.toString()), { model, run, time });
    if (JOBS_OF[workflow]?.includes(attempt.job) !== true) continue;
    await recordLineage(models, attempt, { type: 'ABORT', error });
    aborted++;
  }
  return aborted;
}

/** What of an attempt its START tells, when somebody else has to end it. */
const eventSchema = z.object({
  producer: z.string(),
  job: z.object({ name: z.string() }),
  run: z.object({ facets: z.object({ processing_engine: z.object({ version: z.string() }) }) }),
});

function attemptOf(event: unknown, known: Pick<Attempt, 'model' | 'run' | 'time'>): Attempt {
  const { producer, job, run } = eventSchema.parse(event);
  const [type, variant] = job.name.slice(`${known.model}.`.length).split('.');
  return {
    ...known,
    job: jobSchema.parse(type),
    ...(variant !== undefined && { variant }),
    codeDigest: producer.slice(producer.lastIndexOf(':') + 1),
    node: run.facets.processing_engine.version,
  };
}
