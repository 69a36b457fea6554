/** A request to the endpoint, whatever carried it. */
export interface EndpointRequest {
  readonly method: string;
  /** Without the host and the query, such as `/invocations`. */
  readonly path: string;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly body: Uint8Array;
  /** The caller's `x-request-id`, or one of the endpoint's own. */
  readonly id: string;
}

export interface EndpointResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A value as JSON. */
export const jsonResponse = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): EndpointResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: `${JSON.stringify(value)}\n`,
});
