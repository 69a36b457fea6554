import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import type { EmbeddedCloud } from '../embedded-cloud.ts';
import { FunctionError } from '../functions/function-error.ts';
import { Slots } from '../slots.ts';
import { functionEvent, functionResponse } from './function-event.ts';

/** Lambda's largest request, in bytes. */
const LARGEST_BODY = 6 * 1024 ** 2;

/** Nobody but this machine reaches it. */
const ADDRESS = '127.0.0.1';

/** Serves the endpoints of an embedded cloud over HTTP, to this machine alone: `/<model>/invocations` and the like. */
export class EndpointServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #cloud: EmbeddedCloud;
  readonly #slots = new Slots(availableParallelism());

  private constructor(cloud: EmbeddedCloud) {
    this.#cloud = cloud;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        if (!response.headersSent) respond(response, 502, failureOf(error));
        else response.destroy();
      });
    });
    // A client that sends its request by the byte shall not keep a connection for ever.
    this.#server.requestTimeout = 60_000;
    // A client that was held up for some seconds shall not find its connection closed under its next request.
    this.#server.keepAliveTimeout = 60_000;
  }

  /** @param port 0 for one that is free. */
  static async start(cloud: EmbeddedCloud, port: number): Promise<EndpointServer> {
    const one = new EndpointServer(cloud);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    one.#server.once('error', reject);
    one.#server.listen(port, ADDRESS, resolve);
    await promise;
    return one;
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    return `http://${ADDRESS}:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = this.#refusal(request);
    if (refused !== undefined) {
      respond(response, 403, { message: refused });
      return;
    }
    const [path = '/'] = (request.url ?? '/').split('?');
    const [, model = '', rest = ''] = /^\/([^/]+)(\/.*)$/.exec(path) ?? [];
    if (!this.#cloud.endpoints().includes(model)) {
      const models = this.#cloud.endpoints().map(name => `/${name}/invocations`);
      respond(response, 404, {
        message: `There is no such endpoint; there is ${models.join(', ') || 'none'}.`,
      });
      return;
    }
    const body = await bodyOf(request);
    if (body === undefined) {
      respond(response, 413, { message: `A request may have at most ${LARGEST_BODY} bytes (6 MB).` });
      return;
    }
    await this.#slots.take();
    try {
      const event = functionEvent(request, rest, body, this.#cloud.now);
      const answered = functionResponse.parse(await this.#cloud.call(model, event));
      response.writeHead(answered.statusCode, { ...answered.headers, ...NO_PAGE }).end(answered.body);
    } finally {
      this.#slots.give();
    }
  }

  /**
   * Pages of the internet can make a browser on this machine send requests to it, and resolve their own name to its
   * address: what does not come for this very address, or from a page of it, is refused.
   */
  #refusal({ headers: { host, origin } }: IncomingMessage): string | undefined {
    const own = [`${ADDRESS}:${this.port}`, `localhost:${this.port}`];
    if (host === undefined || !own.includes(host)) {
      return `The request is for another host; this one is ${own.join(' or ')}.`;
    }
    if (origin === undefined || own.some(name => origin === `http://${name}`)) return undefined;
    return 'The request comes from a page of another origin.';
  }
}

/** No answer is a page: a browser that is shown one shall load and run nothing of it, nor frame it. */
const NO_PAGE = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const;

/** The body, or undefined when it is larger than allowed. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  // What was not read of a request cannot be skipped: the connection ends with the answer.
  response
    .writeHead(status, { 'content-type': 'application/json', connection: 'close', ...NO_PAGE })
    .end(`${JSON.stringify(body)}\n`);
}

/** As Lambda answers for a function that failed; what it failed with is in its log. */
const failureOf = (error: unknown): { readonly message: string } => ({
  message: error instanceof FunctionError ? 'Internal Server Error' : 'The endpoint could not be called.',
});
