import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll } from 'vitest';
import { answerCall } from '../../core/serving/endpoint/answer-call.ts';
import { Endpoint } from '../../core/serving/endpoint/endpoint.ts';
import type { EndpointRequest } from '../../core/serving/endpoint/http.ts';
import { FileStore } from '../../core/storage/file-store.ts';
import type { Stores } from './forecasting-loop.ts';

/** Two empty stores for a whole file of tests; to be called outside of any. */
export function storesOfFile(): Stores {
  const directory = mkdtempSync(join(tmpdir(), 'antei-endpoint-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const open = (name: string) => new FileStore(pathToFileURL(join(directory, name)).href);
  return { data: open('data'), models: open('models') };
}

/** When requests come, unless a test says otherwise. */
export const ASKED_AT = new Date('2026-05-01T12:00:00.000Z');

export function endpointOf(stores: Stores, model: string): { endpoint: Endpoint; faults: unknown[] } {
  const faults: unknown[] = [];
  return {
    endpoint: new Endpoint({ ...stores, model, report: fault => faults.push(fault) }),
    faults,
  };
}

interface Call extends Partial<Omit<EndpointRequest, 'body'>> {
  readonly body?: unknown;
  readonly now?: Date;
  /** Milliseconds since the request came. */
  readonly elapsed?: () => number;
}

/** Calls an endpoint as a client would; a body that is no text is sent as JSON. */
export async function call(
  endpoint: Endpoint,
  { body, now = ASKED_AT, elapsed = () => 1.5, ...request }: Call,
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
  const { response, log, variant, fault } = await answerCall(
    endpoint,
    {
      ...{ method: 'POST', path: '/invocations', id: 'r1', contentEncoding: undefined },
      contentType: typeof body === 'string' ? 'text/csv' : 'application/json',
      ...request,
      body: Buffer.from(text),
    },
    { now, elapsed },
  );
  return { status: response.status, answer: JSON.parse(response.body), log, variant, fault };
}

/** Asks for predictions of records. */
export const ask = (endpoint: Endpoint, records: unknown, more: Call = {}) =>
  call(endpoint, { body: { dataframe_records: records }, ...more });
