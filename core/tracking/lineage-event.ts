import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { sha256 } from '../storage/digest.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/**
 * OpenLineage 2-0-2 run events, as its schema has them: https://openlineage.io/spec/2-0-2/OpenLineage.json. Facets are
 * standard ones of the versions that their schema URLs name.
 */
export const RUN_EVENT_SCHEMA = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';

const facetSchema = (name: string, version: string): string =>
  `https://openlineage.io/spec/facets/${version}/${name}.json#/$defs/${name}`;

/** How a run may end. */
export type Ending = 'COMPLETE' | 'FAIL' | 'ABORT';

interface Facet {
  readonly _producer: string;
  readonly _schemaURL: string;
  readonly [field: string]: unknown;
}

export interface LineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: Readonly<Record<string, Facet>>;
}

export interface RunEvent {
  readonly eventType: 'START' | Ending;
  /** ISO 8601. */
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: typeof RUN_EVENT_SCHEMA;
  readonly run: { readonly runId: string; readonly facets: Readonly<Record<string, Facet>> };
  readonly job: {
    readonly namespace: string;
    readonly name: string;
    readonly facets: Readonly<Record<string, Facet>>;
  };
  readonly inputs: readonly LineageDataset[];
  readonly outputs: readonly LineageDataset[];
}

/** What is done for a model: the second word of the job's name. */
export const jobSchema = z.enum(['validate', 'snapshot', 'train', 'evaluate', 'predict', 'measure']);

export type Job = z.output<typeof jobSchema>;

const JOB_TYPES: Readonly<Record<Job, string>> = {
  validate: 'VALIDATION',
  snapshot: 'SNAPSHOT',
  train: 'TRAINING',
  evaluate: 'EVALUATION',
  predict: 'PREDICTION',
  measure: 'MONITORING',
};

/** One attempt at a job. */
export interface Attempt {
  readonly model: string;
  readonly job: Job;
  /** What tells jobs of one kind apart, such as the trainer. */
  readonly variant?: string;
  /** Names what the job was asked for: of a training, the id of its run. */
  readonly run: string;
  /** ISO 8601; the moment that the work belongs to. Another attempt at the same comes at another time. */
  readonly time: string;
  readonly codeDigest: string;
  /** Node's version. */
  readonly node: string;
}

/** What an event tells beside the attempt. */
export interface Happening {
  readonly type: RunEvent['eventType'];
  /** Seconds after the attempt's time. */
  readonly after?: number;
  readonly inputs?: readonly VersionedObject[];
  readonly outputs?: readonly VersionedObject[];
  /** Why a run failed or was given up. */
  readonly error?: string;
}

/** An object of a store, with the hash of its content. */
export interface VersionedObject {
  readonly store: Pick<ObjectStore, 'url'>;
  readonly key: string;
  readonly sha256: string;
}

/** The event of an attempt. A function of its input: the same again is the same event. */
export function lineageEvent(attempt: Attempt, happening: Happening): RunEvent {
  const { model, job, variant, run, time, codeDigest, node } = attempt;
  const { type, after = 0, inputs = [], outputs = [], error } = happening;
  // A package URL, which says what code it was, wherever that is kept.
  const producer = `pkg:npm/antei?checksum=sha256:${codeDigest}`;
  const facet = (schema: string, fields: Record<string, unknown>): Facet => ({
    ...{ _producer: producer, _schemaURL: schema },
    ...fields,
  });
  const dataset = ({ store, key, sha256: datasetVersion }: VersionedObject): LineageDataset => ({
    ...nameOf(store.url, key),
    facets: { version: facet(facetSchema('DatasetVersionDatasetFacet', '1-0-0'), { datasetVersion }) },
  });
  return {
    eventType: type,
    eventTime: new Date(Date.parse(time) + after * 1000).toISOString(),
    producer,
    schemaURL: RUN_EVENT_SCHEMA,
    run: {
      runId: uuidOf(`${model} ${run} ${new Date(time).toISOString()}`),
      facets: {
        processing_engine: facet(facetSchema('ProcessingEngineRunFacet', '1-1-0'), {
          name: 'Node.js',
          version: node,
        }),
        ...(error !== undefined && {
          errorMessage: facet(facetSchema('ErrorMessageRunFacet', '1-0-0'), {
            message: error,
            programmingLanguage: 'TypeScript',
          }),
        }),
      },
    },
    job: {
      namespace: 'antei',
      name: [model, job, ...(variant === undefined ? [] : [variant])].join('.'),
      facets: {
        jobType: facet(facetSchema('JobTypeJobFacet', '2-0-3'), {
          ...{ processingType: 'BATCH', integration: 'ANTEI', jobType: JOB_TYPES[job] },
        }),
      },
    },
    inputs: inputs.map(dataset),
    outputs: outputs.map(dataset),
  };
}

/** As OpenLineage's naming says: S3 by bucket and key, files by their path. */
export function nameOf(storeUrl: string, key: string): Pick<LineageDataset, 'namespace' | 'name'> {
  const url = storeUrl.replace(/\/$/, '');
  return url.startsWith('file:')
    ? { namespace: 'file', name: `${fileURLToPath(url)}/${key}` }
    : { namespace: url, name: key };
}

/** A UUID that is a function of a text (RFC 9562, version 8). */
export function uuidOf(text: string): string {
  const hex = sha256(text);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
