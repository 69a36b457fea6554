import * as z from 'zod';
import { answerCall } from '../../core/serving/endpoint/answer-call.ts';
import { Endpoint } from '../../core/serving/endpoint/endpoint.ts';
import { predictionLogLine } from '../../core/serving/prediction-log.ts';
import { openStore } from '../../core/storage/open-store.ts';
import { environment } from '../../core/telemetry/environment.ts';
import { embeddedMetric } from '../../core/telemetry/metrics.ts';

/** What a function URL sends (payload format 2.0), as far as it is used. Names of headers are in lower case. */
const eventSchema = z.object({
  rawPath: z.string(),
  headers: z.record(z.string(), z.string()),
  requestContext: z.object({ requestId: z.string(), http: z.object({ method: z.string() }) }),
  body: z.string().optional(),
  isBase64Encoded: z.boolean(),
});

/** Ids that a log can carry as they are. */
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** Lambda makes an entry of its log of every line. */
const write = (...lines: readonly string[]): boolean =>
  process.stdout.write(lines.map(line => `${line}\n`).join(''));

/** For whoever operates the function; callers learn only that something failed. */
function report(error: unknown, request?: string): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  write(JSON.stringify({ level: 'ERROR', message, request, error: { name, stack } }));
}

const endpoint = new Endpoint({
  data: openStore(environment('dataStore')),
  models: openStore(environment('modelStore')),
  model: environment('servedModel'),
  report,
});

// While Lambda starts the function, so that the first request finds the version loaded. If nothing is in production yet,
// the request will be told so.
await endpoint.deployed(new Date()).catch(() => undefined);

/** The endpoint of a model behind a function URL. */
export async function handler(event: unknown) {
  const begin = performance.now();
  const { rawPath, headers, requestContext, body = '', isBase64Encoded } = eventSchema.parse(event);
  const asked = headers['x-request-id'] ?? '';
  const id = REQUEST_ID.test(asked) ? asked : requestContext.requestId;
  const now = new Date();
  const elapsed = (): number => Math.round((performance.now() - begin) * 1000) / 1000;
  const { response, log, variant, fault } = await answerCall(
    endpoint,
    {
      ...{ id, method: requestContext.http.method, path: rawPath },
      contentType: headers['content-type'],
      contentEncoding: headers['content-encoding'],
      body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
    },
    { now, elapsed },
  );
  if (fault !== undefined) report(fault, id);
  if (log.length > 0) {
    const values = {
      EndpointRequests: 1,
      EndpointErrors: Number(response.status >= 500),
      EndpointRefusals: Number(response.status >= 400 && response.status < 500),
      EndpointLatency: elapsed(),
    };
    write(...log.map(predictionLogLine), embeddedMetric(endpoint.model, now.toISOString(), values, variant));
  }
  const { status, headers: answered, body: text } = response;
  return { statusCode: status, headers: answered, body: text };
}
