import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';

/** Of these types Lambda passes the body on as text, of others as base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml))/;

/**
 * A request as a function URL sends it to its function, payload format 2.0, as far as nothing of AWS is in it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function functionEvent(request: IncomingMessage, path: string, body: Buffer, time: Date): unknown {
  const { method = 'GET', url = '/', headers } = request;
  const isText = TEXT.test(headers['content-type'] ?? '');
  const host = headers.host ?? '';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: url.split('?')[1] ?? '',
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]),
    ),
    requestContext: {
      ...{
        accountId: 'anonymous',
        apiId: 'local',
        domainName: host,
        domainPrefix: host.split('.')[0] ?? host,
      },
      http: {
        ...{ method, path, protocol: `HTTP/${request.httpVersion}` },
        ...{ sourceIp: request.socket.remoteAddress ?? '', userAgent: headers['user-agent'] ?? '' },
      },
      ...{ requestId: randomUUID(), routeKey: '$default', stage: '$default' },
      ...{ time: time.toISOString(), timeEpoch: time.getTime() },
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** What a function behind a URL returns, where it says more than a body. */
export const functionResponse = z.object({
  statusCode: z.int(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(''),
});
