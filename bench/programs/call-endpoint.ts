import { pathToFileURL } from 'node:url';

/**
 * Calls the bundled handler of an endpoint as Lambda would, in this process: how long until the first answer, counted from
 * the start of the process, and how long each of the next ones took.
 */
const [bundle = '', row = '', count = ''] = process.argv.slice(2);
const event = {
  rawPath: '/invocations',
  headers: { 'content-type': 'application/json' },
  requestContext: { requestId: 'bench', http: { method: 'POST' } },
  body: JSON.stringify({ dataframe_records: [JSON.parse(row)] }),
  isBase64Encoded: false,
};
const say = process.stdout.write.bind(process.stdout);
let written = 0;
// What the handler logs would be CloudWatch's.
process.stdout.write = (text: string | Uint8Array) => {
  written += text.length;
  return true;
};
const { handler } = await import(pathToFileURL(bundle).href);
const call = async (): Promise<number> => {
  const begin = performance.now();
  const { statusCode, body } = await handler(event);
  const took = performance.now() - begin;
  if (statusCode !== 200) throw new Error(body);
  return took;
};
await call();
const cold = performance.now();
for (let i = 0; i < Number(count) / 10; i++) await call();
const warm: number[] = [];
for (let i = 0; i < Number(count); i++) warm.push(await call());
warm.sort((a, b) => a - b);
const at = (share: number): number => warm[Math.floor(warm.length * share)] ?? Number.NaN;
say(`${JSON.stringify({ cold, p50: at(0.5), p99: at(0.99), written })}\n`);
