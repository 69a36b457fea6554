/** What is wrong with a request at one place. */
export interface RequestProblem {
  /** Position of the row, from 0. */
  readonly row?: number;
  /** Name of the column. */
  readonly field?: string;
  /** The value as it came; absent where there was none. */
  readonly found?: unknown;
  /** One plain sentence: what is expected there. */
  readonly reason: string;
}

/** More of them would not help anybody, and answers are limited. */
export const MOST_PROBLEMS = 50;

/** Characters that are shown of what a request says: one cell of it may have megabytes. */
const MOST_SHOWN = 200;

/** The beginning of a text of a request. */
export const shownText = (text: string): string =>
  text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;

/** Problems as an answer lists them: the first fifty, each with no more of the request than shows which place is meant. */
export const shownProblems = (problems: readonly RequestProblem[]): RequestProblem[] =>
  problems.slice(0, MOST_PROBLEMS).map(({ field, found, ...problem }) => ({
    ...problem,
    ...(field !== undefined && { field: shownText(field) }),
    ...(found !== undefined && { found: shownValueOf(found) }),
  }));

function shownValueOf(found: unknown): unknown {
  if (typeof found === 'string') return shownText(found);
  // 1e400 is JSON, and too large for a number.
  if (typeof found === 'number' && !Number.isFinite(found)) return String(found);
  const text = JSON.stringify(found);
  return text.length > MOST_SHOWN ? shownText(text) : found;
}

/** Status codes of a refusal, with the names that MLflow's clients know. */
const CODES = {
  400: 'BAD_REQUEST',
  404: 'RESOURCE_DOES_NOT_EXIST',
  405: 'BAD_REQUEST',
  413: 'REQUEST_LIMIT_EXCEEDED',
  415: 'BAD_REQUEST',
  503: 'TEMPORARILY_UNAVAILABLE',
} as const;

/** A request that gets no answer, because of what it asks, or (503) of what is not there yet. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly status: keyof typeof CODES;
  readonly problems: readonly RequestProblem[];

  constructor(status: keyof typeof CODES, message: string, problems: readonly RequestProblem[] = []) {
    super(message);
    this.status = status;
    this.problems = problems;
  }

  get code(): string {
    return CODES[this.status];
  }
}

/** A refusal for what is wrong with fields and rows. */
export function refusedFor(problems: readonly RequestProblem[]): RefusedRequest {
  const shown = shownProblems(problems);
  const [first] = shown;
  const more = problems.length > 1 ? ` And ${problems.length - 1} more, see "problems".` : '';
  return new RefusedRequest(
    400,
    `${first === undefined ? 'The request cannot be answered.' : sentenceOf(first)}${more}`,
    shown,
  );
}

function sentenceOf({ row, field, found, reason }: RequestProblem): string {
  const place = [row === undefined ? [] : [`row ${row}`], field === undefined ? [] : [`field "${field}"`]]
    .flat()
    .join(', ');
  const value = found === undefined ? '' : ` Found ${JSON.stringify(found)}.`;
  return `${place === '' ? '' : `${place}: `}${reason}.${value}`;
}
