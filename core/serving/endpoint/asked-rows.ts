import * as z from 'zod';
import { csvRows } from './csv-rows.ts';
import { RefusedRequest, type RequestProblem, refusedFor, shownText } from './refusal.ts';
import { requestJson } from './request-json.ts';

/** What a request asks for, before anything is known of types. */
export interface AskedRows {
  /** Names of columns, each once. */
  readonly fields: readonly string[];
  /** Cells in the order of the fields; undefined where a record lacks one. */
  readonly rows: readonly (readonly unknown[])[];
  /** Whether cells are text that is still to be read. */
  readonly text: boolean;
}

/** Rows that one request may have. */
export const MOST_ROWS = 10_000;

/** A payload of Lambda, to and from a function, in bytes. */
export const LARGEST_PAYLOAD = 6 * 1024 ** 2;

/**
 * The rows of a request in MLflow's scoring protocol: JSON with one of `dataframe_split`, `dataframe_records`,
 * `instances` or `inputs`, or CSV with a line of names. Rows without names of columns are refused: two of one type could
 * be mixed up, and nobody would notice.
 * @param contentType As the client sent it; JSON without one.
 * @throws RefusedRequest for what is none of these.
 * @see https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/
 */
export function askedRows(contentType: string | undefined, body: Uint8Array): AskedRows {
  if (body.byteLength > LARGEST_PAYLOAD) {
    throw new RefusedRequest(
      413,
      `The request has ${body.byteLength} bytes; at most ${LARGEST_PAYLOAD} (6 MB) are read. Ask in parts, or put a ` +
        'file under requests/.',
    );
  }
  const [type = '', ...parameters] = (contentType ?? 'application/json')
    .split(';')
    .map(part => part.trim().toLowerCase());
  const charset = parameters.find(parameter => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?(utf-?8|us-ascii)"?$/.test(charset)) {
    throw new RefusedRequest(415, `The request is in ${charset}; only UTF-8 is read.`);
  }
  const text = decoded(body);
  const asked =
    type === 'application/json' ? rowsOfJson(text) : type === 'text/csv' ? rowsOfCsv(text) : undefined;
  if (asked === undefined) {
    throw new RefusedRequest(
      415,
      `The content type is "${type}"; allowed are application/json and text/csv.`,
    );
  }
  if (asked.rows.length === 0) throw new RefusedRequest(400, 'The request has no row.');
  if (asked.rows.length > MOST_ROWS) {
    throw new RefusedRequest(
      413,
      `The request has ${asked.rows.length} rows; at most ${MOST_ROWS} are answered. Ask in parts, or put a file ` +
        'under requests/.',
    );
  }
  return asked;
}

function decoded(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw Object.assign(new RefusedRequest(400, 'The request is not UTF-8.'), { cause });
  }
}

const records = z.array(z.record(z.string(), z.unknown()));
const lists = z.array(z.array(z.unknown()));

const split = z.strictObject({
  columns: z.array(z.string()),
  data: lists,
  /** Labels of pandas, which say nothing to a model. */
  index: z.array(z.unknown()).optional(),
});

const columns = z.record(z.string(), z.array(z.unknown()));

const FORMS = {
  dataframe_split: { schema: split, means: '{"columns": [names], "data": [[values], …]}' },
  dataframe_records: { schema: records, means: '[{name: value, …}, …]' },
  instances: { schema: records, means: '[{name: value, …}, …]' },
  inputs: {
    schema: z.union([records, columns]),
    means: '{name: [values], …} or [{name: value, …}, …]',
  },
} as const;

const formNames = (): string => Object.keys(FORMS).join(', ');

function rowsOfJson(text: string): AskedRows {
  const body = requestJson(text);
  const entries =
    typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.entries(body) : [];
  const [[name, value] = ['', undefined], ...others] = entries;
  if (entries.length === 0 || !isForm(name) || others.length > 0) {
    const names = entries.map(([key]) => `"${key}"`).join(', ');
    const found = entries.length === 0 ? '' : ` Found ${shownText(names)}.`;
    throw new RefusedRequest(
      400,
      `The body must be a JSON object with exactly one of ${formNames()}.${found}`,
    );
  }
  const { schema, means } = FORMS[name];
  const { data } = schema.safeParse(value);
  if (data === undefined) throw new RefusedRequest(400, `"${name}" must be ${means}.`);
  if (Array.isArray(data)) return ofRecords(data);
  const table = name === 'dataframe_split' ? split.parse(data) : undefined;
  return table === undefined ? ofColumns(columns.parse(data)) : named(table.columns, table.data);
}

const isForm = (name: string): name is keyof typeof FORMS => Object.hasOwn(FORMS, name);

function ofRecords(rows: readonly Record<string, unknown>[]): AskedRows {
  const fields = [...new Set(rows.flatMap(row => Object.keys(row)))];
  return {
    fields,
    rows: rows.map(row => fields.map(field => (Object.hasOwn(row, field) ? row[field] : undefined))),
    text: false,
  };
}

function ofColumns(columns: Readonly<Record<string, unknown[]>>): AskedRows {
  const fields = Object.keys(columns);
  const length = Math.max(0, ...fields.map(field => columns[field]?.length ?? 0));
  return {
    fields,
    rows: Array.from({ length }, (_, row) => fields.map(field => columns[field]?.[row])),
    text: false,
  };
}

function rowsOfCsv(text: string): AskedRows {
  const [fields, ...rows] = csvRows(text);
  if (fields === undefined) throw new RefusedRequest(400, 'The CSV has no line of column names.');
  return {
    ...named(
      fields.map(field => field ?? ''),
      rows.map(row => row.map(cell => cell ?? null)),
    ),
    text: true,
  };
}

/** Rows under a list of names, one value for each. */
function named(fields: readonly string[], rows: readonly unknown[][]): AskedRows {
  const twice = fields.find((field, i) => fields.indexOf(field) !== i);
  if (twice !== undefined) throw refusedFor([{ field: twice, reason: 'the column is there twice' }]);
  const problems = rows.flatMap((cells, row): RequestProblem[] =>
    cells.length === fields.length
      ? []
      : [{ row, reason: `the row has ${cells.length} values for ${fields.length} columns` }],
  );
  if (problems.length > 0) throw refusedFor(problems);
  return { fields, rows, text: false };
}
