import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { INCOMING } from '../core/storage/layout.ts';
import { type Command, UsageError } from './command.ts';
import { type LocalCloud, withLocalCloud } from './local-cloud.ts';
import { deployedSpecs, folderOf } from './specs.ts';

const DEFAULT_PORT = '8080';

/** How often the directories are looked at, in milliseconds. */
const EVERY = 1000;

/** A file that stayed as it is for so long was copied to its end, in milliseconds. */
const PATIENCE = 2000;

export const up: Command = {
  summary:
    'keeps the embedded cloud up: watches incoming/, lets schedules fire, serves every model in production',
  usage: '[--port N]',
  options: { port: { type: 'string' } },
  async run({ option, state, models, target }) {
    if (target !== 'local') throw new UsageError('up is for the embedded cloud; on AWS everything is up');
    const port = portOf(option('port') ?? DEFAULT_PORT);
    const specs = deployedSpecs(state, models);
    if (specs.length === 0) throw new UsageError(`There is no model in ${models}; write one with antei init`);
    const options = {
      ...{ specs, state, time: new Date(), patience: PATIENCE },
      folderOf: (model: string) => folderOf(model, state, models),
    };
    // What was missed while nothing was up is not made up for: the clock goes on from now.
    return withLocalCloud(options, async local => {
      const { EndpointServer } = await import('../local/http/endpoint-server.ts');
      const stopped = signal();
      await using server = await EndpointServer.start(local.cloud, port);
      const facts = {
        incoming: fileURLToPath(`${local.cloud.bucketUrl(local.dataBucket)}/${INCOMING}`),
        endpoints: local.cloud.endpoints().map(model => `${server.url}/${model}/invocations`),
      };
      process.stderr.write(`${describe(facts, local)}\n`);
      await Promise.race([follow(local, stopped), listen(local, stopped), stopped]);
      return { facts, text: 'Stopped. What was under way goes on after the next start.' };
    });
  },
};

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port takes a number from 0 (any that is free) to 65535, not "${text}"`);
}

/** Resolves when the process is asked to end; asked twice, it ends at once. */
async function signal(): Promise<'stop'> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  return 'stop';
}

/** The embedded cloud's clock follows that of the machine: what falls due happens, what was put there is found. */
async function follow({ cloud }: LocalCloud, stopped: Promise<'stop'>): Promise<void> {
  for (;;) {
    await cloud.follow(new Date());
    if ((await Promise.race([sleep(EVERY), stopped])) === 'stop') return;
  }
}

/** What people decide in another process is heard at once, whatever is under way. */
async function listen({ cloud }: LocalCloud, stopped: Promise<'stop'>): Promise<void> {
  do await cloud.takeAnswers();
  while ((await Promise.race([sleep(EVERY), stopped])) !== 'stop');
}

function describe(
  { incoming, endpoints }: { readonly incoming: string; readonly endpoints: readonly string[] },
  { cloud }: LocalCloud,
): string {
  const ahead = cloud.now.getTime() - Date.now();
  return [
    `Up. Put files into ${incoming}<model>/<table>/ (under another name first, where copying takes long).`,
    ...(endpoints.length === 0 ? [] : ['Answering this machine, without a question for who asks:']),
    ...endpoints.map(url => `  ${url}`),
    ...(ahead > 60_000
      ? [`The clock of this state is ahead, at ${cloud.now.toISOString()}: nothing falls due before then.`]
      : []),
    'Ctrl+C ends it.',
  ].join('\n');
}
