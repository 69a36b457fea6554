import {
  ACCEPTED,
  APPROVALS,
  BROUGHT,
  DATASETS,
  EVENTS,
  INCIDENTS,
  INCOMING,
  KEPT,
  LINEAGE,
  MONITORING,
  PREDICTION_LOG,
  PREDICTIONS,
  PRODUCTION,
  QUARANTINE,
  REQUESTS,
  RUNS,
  TRAINING_ENDS,
  TRAINING_INPUT,
  TRAINING_OUTPUT,
  VERSIONS,
} from '../../core/storage/layout.ts';
import type { StepName } from '../../core/workflow/steps.ts';
import type { Access } from '../storage/object-bucket.ts';

/** What a step's function is made of and what it may touch. */
export interface HandlerDefinition {
  /** The handler's file, relative to the project. */
  readonly entry: string;
  /** Megabytes. Lambda gives processor time in proportion: 1769 MB are one core. */
  readonly memory: number;
  /** Whether it needs the layer with DuckDB's native library. */
  readonly duckdb: boolean;
  /** Files that run in threads of the function, relative to the project: each is bundled by itself, beside the handler. */
  readonly threads: readonly string[];
  /** Whether it answers with models, and so needs the layer with ONNX Runtime's WebAssembly. */
  readonly onnx?: true;
  /** Files of node_modules that the code opens at run time, which a bundler cannot see. */
  readonly packageFiles: readonly string[];
  readonly data: Access;
  readonly models: Access;
}

/** DuckDB is told to stay below 700 MB; the rest is for Node, WebAssembly and a second core. */
const DUCKDB_MEMORY = 3008;

const NOTHING_BESIDE = { threads: [], packageFiles: [] };

const MSTL = {
  threads: ['core/training/mstl-thread.ts'],
  packageFiles: ['@bsull/augurs/mstl_bg.wasm'],
};

/** Every function of the platform, by the step that it does. */
export const HANDLERS: Readonly<Record<StepName, HandlerDefinition>> = {
  validateUpload: {
    entry: 'lambdas/data/validate-upload.ts',
    memory: DUCKDB_MEMORY,
    duckdb: true,
    ...NOTHING_BESIDE,
    // A release from quarantine lies beside the file that it is about.
    data: { read: [INCOMING, ACCEPTED, QUARANTINE], write: [ACCEPTED, QUARANTINE] },
    models: { write: [LINEAGE, EVENTS] },
  },
  snapshotDataset: {
    entry: 'lambdas/data/snapshot-dataset.ts',
    memory: DUCKDB_MEMORY,
    duckdb: true,
    ...NOTHING_BESIDE,
    data: { read: [ACCEPTED, DATASETS], write: [DATASETS] },
    models: { read: [BROUGHT], write: [KEPT, LINEAGE, EVENTS] },
  },
  prepareTrainingJob: {
    entry: 'lambdas/training/prepare-training-job.ts',
    memory: DUCKDB_MEMORY,
    duckdb: true,
    ...NOTHING_BESIDE,
    data: { read: [DATASETS] },
    models: { read: [TRAINING_ENDS, TRAINING_INPUT], write: [TRAINING_INPUT] },
  },
  trainCandidate: {
    entry: 'lambdas/training/train-candidate.ts',
    memory: DUCKDB_MEMORY,
    duckdb: true,
    onnx: true,
    ...MSTL,
    data: { read: [DATASETS] },
    models: {
      read: [RUNS, KEPT, TRAINING_ENDS, TRAINING_OUTPUT],
      write: [RUNS, TRAINING_ENDS, LINEAGE, EVENTS],
    },
  },
  evaluateCandidates: {
    entry: 'lambdas/evaluation/evaluate-candidates.ts',
    memory: DUCKDB_MEMORY,
    duckdb: true,
    onnx: true,
    ...MSTL,
    data: { read: [DATASETS] },
    models: { read: [RUNS, VERSIONS, PRODUCTION], write: [RUNS, LINEAGE, EVENTS] },
  },
  registerVersion: {
    entry: 'lambdas/registry/register-version.ts',
    memory: 512,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: { read: [DATASETS] },
    models: { read: [RUNS, VERSIONS], write: [VERSIONS, EVENTS] },
  },
  requestApproval: {
    entry: 'lambdas/registry/request-approval.ts',
    memory: 512,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: {},
    models: { read: [APPROVALS, VERSIONS, PRODUCTION], write: [APPROVALS, EVENTS] },
  },
  awaitDecision: {
    entry: 'lambdas/registry/await-decision.ts',
    memory: 256,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: {},
    models: { read: [APPROVALS], write: [APPROVALS] },
  },
  recordDecision: {
    entry: 'lambdas/registry/record-decision.ts',
    memory: 256,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: {},
    models: { read: [APPROVALS], write: [APPROVALS, EVENTS] },
  },
  startRollout: {
    entry: 'lambdas/registry/start-rollout.ts',
    memory: 512,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: {},
    models: { read: [VERSIONS, PRODUCTION, EVENTS], write: [PRODUCTION, EVENTS] },
  },
  judgeRollout: {
    entry: 'lambdas/serving/judge-rollout.ts',
    // Every request of the trial is remembered.
    memory: 2048,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: { read: [PREDICTION_LOG] },
    models: { read: [PRODUCTION, EVENTS], write: [EVENTS] },
  },
  endRollout: {
    entry: 'lambdas/registry/end-rollout.ts',
    memory: 512,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: {},
    models: { read: [PRODUCTION, EVENTS], write: [PRODUCTION, EVENTS] },
  },
  promoteVersion: {
    entry: 'lambdas/registry/promote-version.ts',
    memory: 512,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: {},
    // A repeated change finds its own event in the log.
    models: { read: [VERSIONS, PRODUCTION, EVENTS], write: [PRODUCTION, EVENTS] },
  },
  predictBatch: {
    entry: 'lambdas/serving/predict-batch.ts',
    memory: DUCKDB_MEMORY,
    duckdb: true,
    onnx: true,
    ...MSTL,
    // A forecast continues the newest data, of which a dataset may still have to be built.
    data: { read: [ACCEPTED, DATASETS, REQUESTS, PREDICTIONS], write: [DATASETS, PREDICTIONS] },
    models: { read: [RUNS, VERSIONS, PRODUCTION], write: [LINEAGE, EVENTS] },
  },
  measureWindow: {
    entry: 'lambdas/monitoring/measure-window.ts',
    memory: DUCKDB_MEMORY,
    duckdb: true,
    onnx: true,
    ...NOTHING_BESIDE,
    data: { read: [ACCEPTED, DATASETS, PREDICTIONS, PREDICTION_LOG] },
    models: { read: [RUNS, VERSIONS, PRODUCTION, MONITORING], write: [MONITORING, LINEAGE, EVENTS] },
  },
  checkFreshness: {
    entry: 'lambdas/monitoring/check-freshness.ts',
    memory: 512,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: { read: [ACCEPTED] },
    models: {},
  },
  chooseRemedy: {
    entry: 'lambdas/monitoring/choose-remedy.ts',
    memory: 512,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: {},
    models: { read: [PRODUCTION, MONITORING, INCIDENTS], write: [INCIDENTS, EVENTS] },
  },
  rollBack: {
    entry: 'lambdas/registry/roll-back.ts',
    memory: 512,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: {},
    models: { read: [VERSIONS, PRODUCTION, EVENTS], write: [PRODUCTION, EVENTS] },
  },
  recordRemedy: {
    entry: 'lambdas/monitoring/record-remedy.ts',
    memory: 256,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: {},
    models: { read: [PRODUCTION], write: [EVENTS] },
  },
  recordFailure: {
    entry: 'lambdas/telemetry/record-failure.ts',
    memory: 256,
    duckdb: false,
    ...NOTHING_BESIDE,
    data: {},
    models: { read: [LINEAGE], write: [LINEAGE, EVENTS] },
  },
};

/** The handler of the endpoints, of which every model in production has one. */
export const ENDPOINT = { entry: 'lambdas/serving/endpoint.ts', ...NOTHING_BESIDE };

/** Every file that is bundled by itself. */
export const BUNDLED: readonly string[] = [
  ...new Set([...Object.values(HANDLERS), ENDPOINT].flatMap(({ entry, threads }) => [entry, ...threads])),
];
