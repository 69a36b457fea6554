import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { S3Server } from '../../support/s3-server.ts';

/** What a request to S3 needs: a permission on a bucket, for a key or (to list) for a prefix. */
export interface Need {
  /** The access key of the request. */
  readonly user: string;
  readonly action: 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject' | 's3:ListBucket';
  readonly bucket: string;
  readonly key: string;
}

const ACTIONS: Readonly<Record<string, Need['action']>> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

/**
 * S3 buckets behind permissions, on 127.0.0.1. Like S3 it answers 403 for an object that is not there to whoever may
 * not list it.
 */
export class GuardedS3 {
  readonly denied: Need[] = [];
  /** Where each bucket is without a guard. */
  readonly open = new Map<string, string>();
  readonly #allows: (need: Need) => boolean;
  readonly #buckets: ReadonlyMap<string, S3Server>;
  // As the buckets: see S3Server.
  readonly #server: Server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
    this.#answer(incoming, response).catch(() => response.destroy());
  });

  constructor(buckets: readonly string[], allows: (need: Need) => boolean) {
    this.#buckets = new Map(buckets.map(bucket => [bucket, new S3Server()]));
    this.#allows = allows;
  }

  async start(): Promise<string> {
    for (const [bucket, server] of this.#buckets) this.open.set(bucket, await server.start());
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
    for (const server of this.#buckets.values()) await server.stop();
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const need = needOf(incoming);
    const body = await buffer(incoming);
    if (!this.#permit(need)) return forbid(response);
    const { method, url, headers } = incoming;
    const forwarded = request(`${this.open.get(need.bucket)}${url}`, { ...(method && { method }), headers });
    forwarded.end(body);
    const [answer]: IncomingMessage[] = await once(forwarded, 'response');
    if (answer === undefined) throw new Error('The bucket did not answer');
    const missing = answer.statusCode === 404 && need.action === 's3:GetObject';
    if (missing && !this.#permit({ ...need, action: 's3:ListBucket' })) return forbid(response);
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  }

  #permit(need: Need): boolean {
    const permitted = this.#allows(need);
    if (!permitted) this.denied.push(need);
    return permitted;
  }
}

function needOf({ method = '', url = '', headers }: IncomingMessage): Need {
  const [path = '', query] = url.split('?');
  const [, bucket = '', ...rest] = path.split('/').map(decodeURIComponent);
  const user = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'nobody';
  const key = rest.join('/');
  if (key === '') {
    return { user, action: 's3:ListBucket', bucket, key: new URLSearchParams(query).get('prefix') ?? '' };
  }
  const action = ACTIONS[method];
  if (action === undefined) throw new Error(`No permission is known for ${method}`);
  return { user, action, bucket, key };
}

function forbid(response: ServerResponse): void {
  response.writeHead(403, { 'content-type': 'application/xml' });
  response.end(
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
  );
}
