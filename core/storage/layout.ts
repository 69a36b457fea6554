/** Every object key of Antei is built here, and nowhere else. */

/** What a key under `incoming/` says. */
export interface UploadAddress {
  readonly model: string;
  readonly table: string;
  readonly file: string;
}

/** The folders of the data bucket. Infrastructure grants access and listens to events by them. */
export const INCOMING = 'incoming/';
export const ACCEPTED = 'accepted/';
export const QUARANTINE = 'quarantine/';
export const DATASETS = 'datasets/';
export const REQUESTS = 'requests/';
export const PREDICTIONS = 'predictions/';
export const PREDICTION_LOG = 'prediction-log/';
/** What could not be brought into the prediction log. */
export const PREDICTION_LOG_ERRORS = 'prediction-log-errors/';

/** The folders of the model bucket. */
export const RUNS = 'runs/';
export const VERSIONS = 'versions/';
export const PRODUCTION = 'production/';
export const EVENTS = 'events/';
export const MONITORING = 'monitoring/';
export const LINEAGE = 'lineage/';
/** Holds task tokens, each of which is the right to decide: only those who ask and those who decide may read it. */
export const APPROVALS = 'approvals/';
export const INCIDENTS = 'incidents/';
export const BROUGHT = 'brought/';
export const KEPT = 'kept/';
/** What training jobs read, what they write, and how they ended: folders apart, because a job's own role has the first two. */
export const TRAINING_INPUT = 'training-input/';
export const TRAINING_OUTPUT = 'training-output/';
export const TRAINING_ENDS = 'training-ends/';

/** ISO 8601 in UTC without separators that file systems refuse, sortable as text: 20010601T000000.000Z */
export const sortableTime = (time: string): string => new Date(time).toISOString().replace(/[-:]/g, '');

/** `yyyy/MM/dd/HH/`, in UTC: the folders that Firehose makes as well. */
const hourFolder = (time: string): string =>
  `${new Date(time).toISOString().slice(0, 13).replace(/[-T]/g, '/')}/`;

/** Keys of the data bucket. */
export const dataKeys = {
  incoming: ({ model, table, file }: UploadAddress) => `${INCOMING}${model}/${table}/${file}`,
  acceptedParts: (model: string, table: string) => `${ACCEPTED}${model}/${table}/`,
  /** Parquet; its description lies beside it under `acceptedPartInfo`. */
  acceptedPart: (model: string, table: string, sha256: string) =>
    `${ACCEPTED}${model}/${table}/${sha256}.parquet`,
  acceptedPartInfo: (model: string, table: string, sha256: string) =>
    `${ACCEPTED}${model}/${table}/${sha256}.json`,
  /** What was remarkable of an accepted part: beside it, so that who finds the one finds the other. */
  acceptedReport: (model: string, table: string, sha256: string, extension: 'json' | 'html') =>
    `${ACCEPTED}${model}/${table}/${sha256}.report.${extension}`,
  quarantines: (model: string) => `${QUARANTINE}${model}/`,
  quarantined: (model: string, table: string, sha256: string, name: string) =>
    `${QUARANTINE}${model}/${table}/${sha256}/${name}`,
  datasets: (model: string) => `${DATASETS}${model}/`,
  dataset: (model: string, dataset: string, name: string) => `${DATASETS}${model}/${dataset}/${name}`,
  request: (model: string, file: string) => `${REQUESTS}${model}/${file}`,
  predictions: (model: string, version: number, name: string) => `${PREDICTIONS}${model}/${version}/${name}`,
  /** Forecasts of a version as they were made first, by the moment at which they begin; never changed. */
  forecasts: (model: string, version: number) => `${PREDICTIONS}${model}/${version}/forecasts/`,
  forecastFrom: (model: string, version: number, start: string) =>
    `${PREDICTIONS}${model}/${version}/forecasts/${sortableTime(start)}.json`,
  /** What the endpoint answered, in objects by the hour at which they came in. */
  predictionLog: (model: string) => `${PREDICTION_LOG}${model}/`,
  /** One day of it. `time`: ISO 8601. */
  predictionLogDay: (model: string, time: string) =>
    `${PREDICTION_LOG}${model}/${hourFolder(time).slice(0, -'HH/'.length)}`,
  predictionLogObject: (model: string, time: string, name: string) =>
    `${PREDICTION_LOG}${model}/${hourFolder(time)}${name}.jsonl`,
} as const;

/** Keys of the model bucket. */
export const modelKeys = {
  runs: (model: string) => `${RUNS}${model}/`,
  run: (model: string, run: string, name: string) => `${RUNS}${model}/${run}/${name}`,
  versions: (model: string) => `${VERSIONS}${model}/`,
  version: (model: string, version: number) => `${VERSIONS}${model}/${version}.json`,
  /** The version as a page for people. */
  modelCard: (model: string, version: number) => `${VERSIONS}${model}/${version}.html`,
  approvals: (model: string) => `${APPROVALS}${model}/`,
  approval: (model: string, version: number) => `${APPROVALS}${model}/${version}.json`,
  production: (model: string) => `${PRODUCTION}${model}.json`,
  events: (model: string) => `${EVENTS}${model}/`,
  /** What the keys of events of a moment begin with; those of earlier ones sort before it. */
  eventsFrom: (model: string, time: string) => `${EVENTS}${model}/${sortableTime(time)}-`,
  /** Events of one kind and moment. */
  eventsAt: (model: string, time: string, kind: string) => `${EVENTS}${model}/${sortableTime(time)}-${kind}-`,
  event: (model: string, time: string, kind: string, id: string) =>
    `${EVENTS}${model}/${sortableTime(time)}-${kind}-${id}.json`,
  /** Attempts of one moment. */
  lineageAt: (model: string, time: string) => `${LINEAGE}${model}/${sortableTime(time)}-`,
  /** OpenLineage event of an attempt at a run: how it began, or how it ended. */
  lineage: (model: string, time: string, run: string, part: 'start' | 'end') =>
    `${LINEAGE}${model}/${sortableTime(time)}-${run}/${part}.json`,
  /** A trained model that somebody puts there; the path is that in the spec. */
  brought: (model: string, file: string) => `${BROUGHT}${model}/${file}`,
  /** What was brought, as it was when a dataset was built. */
  kept: (model: string, sha256: string) => `${KEPT}${model}/${sha256}.onnx`,
  /** Folder of a channel of a training job. */
  channel: (model: string, script: string, channel: string) =>
    `${TRAINING_INPUT}${model}/${script}/${channel}/`,
  /** Folder that training jobs of a script write to, each under its own name. */
  trainingOutput: (model: string, script: string) => `${TRAINING_OUTPUT}${model}/${script}/`,
  /** Where SageMaker puts what a job leaves in its model directory. */
  modelArchive: (model: string, script: string, job: string) =>
    `${TRAINING_OUTPUT}${model}/${script}/${job}/output/model.tar.gz`,
  /** How a script ended; it is there once that is known for good. */
  trainingEnd: (model: string, script: string) => `${TRAINING_ENDS}${model}/${script}.json`,
  monitoring: (model: string) => `${MONITORING}${model}/`,
  window: (model: string, window: string, extension: 'json' | 'html') =>
    `${MONITORING}${model}/${window}.${extension}`,
  incident: (model: string, alarm: string) => `${INCIDENTS}${model}/${alarm}.json`,
  /** When a remedy was last taken without being asked for. */
  lastRemedy: (model: string, remedy: string) => `${INCIDENTS}${model}/last-${remedy}.json`,
} as const;

/**
 * The parts of a key `<folder>/<model>/<table>/<file>`, or undefined when it has another form (a directory marker,
 * a nested folder, an empty part).
 */
export function parseUploadKey(key: string): UploadAddress | undefined {
  const match = /^incoming\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(key);
  const [, model, table, file] = match ?? [];
  return model === undefined || table === undefined || file === undefined
    ? undefined
    : { model, table, file };
}

/** Model and file of a batch prediction request, or undefined when the key has another form. */
export function parseRequestKey(key: string): { readonly model: string; readonly file: string } | undefined {
  const [, model, file] = /^requests\/([^/]+)\/([^/]+)$/.exec(key) ?? [];
  return model === undefined || file === undefined ? undefined : { model, file };
}

/** Table and part of a key that `acceptedPart` or `acceptedPartInfo` made, or undefined when the key has another form. */
export function parseAcceptedKey(key: string): { readonly table: string; readonly part: string } | undefined {
  const [, table, part] = /^accepted\/[^/]+\/([^/]+)\/([0-9a-f]{64})\.(?:parquet|json)$/.exec(key) ?? [];
  return table === undefined || part === undefined ? undefined : { table, part };
}

/** The hour that an object of the prediction log lies under, ISO 8601 in UTC, or undefined when the key has another form. */
export function parsePredictionLogKey(key: string): string | undefined {
  const [, day, hour] = /^prediction-log\/[^/]+\/(\d{4}\/\d{2}\/\d{2})\/(\d{2})\/[^/]+$/.exec(key) ?? [];
  return day === undefined ? undefined : `${day.replaceAll('/', '-')}T${hour}:00:00.000Z`;
}

/** The moment at which a forecast under `forecastFrom` begins, ISO 8601, or undefined when the key has another form. */
export function parseForecastKey(key: string): string | undefined {
  const [, year, month, day, hour, minute, second] =
    /\/forecasts\/(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2}\.\d{3})Z\.json$/.exec(key) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}
