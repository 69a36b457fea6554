import type { AnsweredEntry, PredictionLogEntry, RefusedEntry } from '../prediction-log.ts';
import { type Variant, variantOf } from '../variant.ts';
import { type AskedRows, askedRows, LARGEST_PAYLOAD } from './asked-rows.ts';
import type { Deployment, Endpoint } from './endpoint.ts';
import { type EndpointRequest, type EndpointResponse, jsonResponse } from './http.ts';
import { RefusedRequest, shownProblems } from './refusal.ts';
import type { Answers, RowAnswer, ServedVersion } from './served-version.ts';

/** What came of a call. */
export interface Answered {
  readonly response: EndpointResponse;
  /** What the prediction log says of it, in its order. */
  readonly log: readonly PredictionLogEntry[];
  /** Which version answered, where one was asked. */
  readonly variant: Variant | undefined;
  /** A fault of ours, for the log of the function; the caller learns that there was one, and no more. */
  readonly fault?: unknown;
}

interface Moment {
  /** When the request came. */
  readonly now: Date;
  /** Milliseconds since then. */
  readonly elapsed: () => number;
}

/**
 * `POST /invocations`: predicts rows in MLflow's scoring protocol. The answer has `predictions`, one per row, and beside
 * it who answered and how sure it is, in lists of the same order.
 */
export async function answerInvocation(
  endpoint: Endpoint,
  request: EndpointRequest,
  moment: Moment,
): Promise<Answered> {
  let answering: Answering | undefined;
  try {
    if (request.contentEncoding !== undefined && request.contentEncoding !== 'identity') {
      throw new RefusedRequest(
        415,
        `The request is encoded as ${request.contentEncoding}; send it as it is.`,
      );
    }
    const asked = askedRows(request.contentType, request.body);
    const deployment = await endpoint.deployed(moment.now);
    answering = answeringFor(deployment, request.id);
    const answers = await answering.version.answer(asked, moment.now);
    const response = limited(jsonResponse(200, bodyOf(request, endpoint.model, answering, answers)));
    const log = [
      ...entriesOf(request, endpoint.model, answering, answers, moment),
      ...(await shadowOf(request, endpoint.model, answering, asked, moment)),
    ];
    return { response, log, variant: answering.variant };
  } catch (error) {
    return failed(error, request, endpoint.model, answering, moment);
  }
}

interface Answering {
  readonly variant: Variant;
  readonly version: ServedVersion;
  /** The other version, whose answer is logged for comparison. */
  readonly shadow: ServedVersion | undefined;
}

/**
 * Who answers. While a challenger is on trial, both compute its share of the requests, so that they can be compared: in a
 * canary the challenger answers these, in a shadow the champion does.
 */
function answeringFor({ champion, trial }: Deployment, request: string): Answering {
  if (trial === undefined) return { variant: 'champion', version: champion, shadow: undefined };
  const { challenger, mode, percent } = trial;
  if (variantOf(request, percent) === 'champion') {
    return { variant: 'champion', version: champion, shadow: undefined };
  }
  return mode === 'shadow'
    ? { variant: 'champion', version: champion, shadow: challenger }
    : { variant: 'challenger', version: challenger, shadow: champion };
}

function bodyOf(
  request: EndpointRequest,
  model: string,
  { variant, version }: Answering,
  { rows, warnings }: Answers,
): unknown {
  const [first] = rows;
  const bounds = Object.keys(first?.bounds ?? {});
  return {
    predictions: rows.map(({ prediction }) => prediction),
    ...(first?.probabilities !== undefined && {
      probabilities: rows.map(({ probabilities }) => probabilities),
    }),
    ...Object.fromEntries(
      bounds.map(name => [
        name,
        rows.map(row => Object.entries(row.bounds).find(([key]) => key === name)?.[1]),
      ]),
    ),
    ...{ model, version: version.record.version, variant, request: request.id },
    ...(warnings.length > 0 && { warnings: shownProblems(warnings) }),
  };
}

/** Lambda would answer with an error of its own that says nothing. */
function limited(response: EndpointResponse): EndpointResponse {
  const size = Buffer.byteLength(response.body);
  // The answer travels inside of JSON, where quotes are escaped.
  const escaped = size + (response.body.match(/["\\]/g)?.length ?? 0);
  if (escaped <= LARGEST_PAYLOAD - 1024) return response;
  throw new RefusedRequest(
    413,
    `The answer would have ${size} bytes; at most 6 MB fit. Ask for fewer rows at a time.`,
  );
}

function entriesOf(
  request: EndpointRequest,
  model: string,
  { variant, version }: { readonly variant: AnsweredEntry['variant']; readonly version: ServedVersion },
  { rows }: Answers,
  { now, elapsed }: Moment,
): AnsweredEntry[] {
  const milliseconds = elapsed();
  return rows.map(({ id, features, prediction, probabilities, bounds }: RowAnswer, row) => ({
    ...{ antei: 'prediction', time: now.toISOString(), model, version: version.record.version },
    ...{ variant, request: request.id, row, id, features, prediction },
    ...(probabilities !== undefined && { probabilities }),
    ...bounds,
    milliseconds,
  }));
}

/** What the other version says; that it fails is for the log alone. */
async function shadowOf(
  request: EndpointRequest,
  model: string,
  { shadow }: Answering,
  asked: AskedRows,
  moment: Moment,
): Promise<PredictionLogEntry[]> {
  if (shadow === undefined) return [];
  const before = moment.elapsed();
  const own = { now: moment.now, elapsed: () => moment.elapsed() - before };
  const variant = 'shadow';
  try {
    const answers = await shadow.answer(asked, moment.now);
    return entriesOf(request, model, { variant, version: shadow }, answers, own);
  } catch (error) {
    return [refusedEntry(error, request, model, { variant, version: shadow }, own)];
  }
}

function failed(
  error: unknown,
  request: EndpointRequest,
  model: string,
  answering: Answering | undefined,
  moment: Moment,
): Answered {
  const log = [refusedEntry(error, request, model, answering, moment)];
  const variant = answering?.variant;
  if (error instanceof RefusedRequest) return { response: refusal(error, request.id), log, variant };
  const body = {
    error_code: 'INTERNAL_ERROR',
    message: 'The endpoint failed. The log of its function says why, under this request.',
    request: request.id,
  };
  return { response: jsonResponse(500, body), log, variant, fault: error };
}

/** A refusal as MLflow's clients read it, with what is wrong where. */
export function refusal(
  { status, code, message, problems }: RefusedRequest,
  request: string,
): EndpointResponse {
  return jsonResponse(
    status,
    { error_code: code, message, ...(problems.length > 0 && { problems }), request },
    status === 503 ? { 'retry-after': '10' } : {},
  );
}

function refusedEntry(
  error: unknown,
  request: EndpointRequest,
  model: string,
  answering: { readonly variant: AnsweredEntry['variant']; readonly version: ServedVersion } | undefined,
  { now, elapsed }: Moment,
): RefusedEntry {
  return {
    ...{ antei: 'prediction', time: now.toISOString(), model, request: request.id },
    version: answering?.version.record.version ?? null,
    variant: answering?.variant ?? null,
    status: error instanceof RefusedRequest ? error.status : 500,
    error:
      error instanceof Error
        ? { name: error.name, message: error.message }
        : { name: 'Error', message: String(error) },
    milliseconds: elapsed(),
  };
}
