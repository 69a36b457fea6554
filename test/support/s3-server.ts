import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

interface Stored {
  readonly body: Buffer;
  readonly etag: string;
}

/**
 * The part of S3's protocol that `S3Store` speaks, on 127.0.0.1: objects, ListObjectsV2 in pages of 1,000, and
 * conditional writes with S3's status codes (412 when the condition fails, 404 for If-Match on nothing, 409 to the
 * loser of two that overlap).
 */
export class S3Server {
  /** How many of the next conditional writes are answered 409, as S3 does under contention. */
  conflicts = 0;
  readonly #objects = new Map<string, Stored>();
  // A client that was held up shall not find its connection closed; one that is gone does not wait for an answer.
  readonly #server: Server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Not through URL, which would fold `..` away: to S3 it is a part of the key.
    const [path = '', query] = (request.url ?? '').split('?');
    const [, , ...rest] = path.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const body = await buffer(request);
    const stored = this.#objects.get(key);
    if (request.method === 'PUT') return this.#put(request, response, key, body, stored);
    if (request.method === 'DELETE') {
      this.#objects.delete(key);
      return void response.writeHead(204).end();
    }
    if (key === '') return this.#list(new URLSearchParams(query), response);
    if (stored === undefined) return fail(response, 404, 'NoSuchKey');
    response.writeHead(200, { etag: stored.etag, 'content-length': stored.body.length });
    response.end(request.method === 'HEAD' ? undefined : stored.body);
  }

  #put(request: IncomingMessage, response: ServerResponse, key: string, body: Buffer, stored?: Stored): void {
    const refusal = this.#refusal(request, stored);
    if (refusal !== undefined) {
      fail(response, ...refusal);
      return;
    }
    const content = request.headers['content-encoding']?.includes('aws-chunked') ? unchunked(body) : body;
    const etag = `"${createHash('md5').update(content).digest('hex')}"`;
    this.#objects.set(key, { body: content, etag });
    response.writeHead(200, { etag }).end();
  }

  #refusal({ headers }: IncomingMessage, stored?: Stored): [status: number, code: string] | undefined {
    const ifMatch = headers['if-match'];
    const ifNoneMatch = headers['if-none-match'];
    if (ifMatch === undefined && ifNoneMatch === undefined) return undefined;
    if (this.conflicts > 0) {
      this.conflicts--;
      return [409, 'ConditionalRequestConflict'];
    }
    if (ifMatch !== undefined && stored === undefined) return [404, 'NoSuchKey'];
    const met = ifMatch === undefined ? stored === undefined : stored?.etag === ifMatch;
    return met ? undefined : [412, 'PreconditionFailed'];
  }

  #list(query: URLSearchParams, response: ServerResponse): void {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.#objects.keys()]
      .filter(key => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const page = keys.slice(0, 1000);
    const more = keys.length > page.length;
    const contents = page.map(key => {
      const { body, etag } = this.#objects.get(key) ?? { body: Buffer.alloc(0), etag: '' };
      return `<Contents><Key>${escaped(key)}</Key><Size>${body.length}</Size><ETag>${escaped(etag)}</ETag></Contents>`;
    });
    const token = more ? `<NextContinuationToken>${escaped(page.at(-1) ?? '')}</NextContinuationToken>` : '';
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${token}${contents.join('')}</ListBucketResult>`,
    );
  }
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

/** The payload of the SDK's streaming signature: chunks of `<hex size>…\r\n<bytes>\r\n`, ended by an empty one. */
function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
