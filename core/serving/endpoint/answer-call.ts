import { type Answered, answerInvocation, refusal } from './answer-invocation.ts';
import type { Endpoint } from './endpoint.ts';
import { type EndpointRequest, jsonResponse } from './http.ts';
import { RefusedRequest } from './refusal.ts';
import type { ServedVersion } from './served-version.ts';

type Call = (
  endpoint: Endpoint,
  request: EndpointRequest,
  moment: { readonly now: Date; readonly elapsed: () => number },
) => Promise<Answered>;

/** What the endpoint answers, by path. */
const ROUTES: Readonly<Record<string, { readonly method: string; readonly call: Call }>> = {
  '/invocations': { method: 'POST', call: answerInvocation },
  '/ping': { method: 'GET', call: ping },
  '/version': { method: 'GET', call: version },
};

/** Answers any call of the endpoint. */
export async function answerCall(...args: Parameters<Call>): Promise<Answered> {
  const [, { method, path, id }] = args;
  const route = ROUTES[path];
  if (route === undefined) {
    const paths = Object.entries(ROUTES).map(([allowed, { method: by }]) => `${by} ${allowed}`);
    return unlogged(
      new RefusedRequest(404, `There is no ${path.slice(0, 100)}; there is ${paths.join(', ')}.`),
      id,
    );
  }
  if (method !== route.method) {
    return unlogged(new RefusedRequest(405, `${path} takes ${route.method}, not ${method}.`), id);
  }
  return await route.call(...args);
}

const unlogged = (error: RefusedRequest, id: string): Answered => ({
  response: refusal(error, id),
  log: [],
  variant: undefined,
});

/** Whether a version is ready to answer. */
async function ping(...[endpoint, { id }, { now }]: Parameters<Call>): Promise<Answered> {
  return await known(id, async () => {
    await endpoint.deployed(now);
    return { status: 'healthy' };
  });
}

/** What stands in production, and which columns it takes. */
async function version(...[endpoint, { id }, { now }]: Parameters<Call>): Promise<Answered> {
  return await known(id, async () => {
    const { champion, trial } = await endpoint.deployed(now);
    return {
      ...{ model: endpoint.model, ...described(champion) },
      challenger:
        trial === undefined
          ? null
          : { ...described(trial.challenger), mode: trial.mode, percent: trial.percent },
    };
  });
}

const described = ({ record, inputs }: ServedVersion) => ({
  ...{ version: record.version, task: record.task, dataEnd: record.dataEnd, metrics: record.metrics.test },
  inputs: inputs.columns.map(({ name, spec, needed }) => ({ name, type: spec.type, needed })),
});

async function known(id: string, facts: () => Promise<unknown>): Promise<Answered> {
  try {
    return { response: jsonResponse(200, await facts()), log: [], variant: undefined };
  } catch (error) {
    if (error instanceof RefusedRequest) return unlogged(error, id);
    const body = { error_code: 'INTERNAL_ERROR', message: 'The endpoint failed.', request: id };
    return { response: jsonResponse(500, body), log: [], variant: undefined, fault: error };
  }
}
