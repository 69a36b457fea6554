import { parseArgs } from 'node:util';
import { AnteiError, messageOf } from '../core/telemetry/errors.ts';
import { approve, reject } from './approve.ts';
import { check } from './check.ts';
import { type Command, type Invocation, type Options, UsageError } from './command.ts';
import { compare } from './compare.ts';
import { datasets } from './datasets.ts';
import { demo } from './demo.ts';
import { TARGETS, type Target } from './deployments/deployment.ts';
import { deploymentFor } from './deployments/deployment-for.ts';
import { doctor } from './doctor.ts';
import { events } from './events.ts';
import { init } from './init.ts';
import { monitor } from './monitor.ts';
import { predict } from './predict.ts';
import { quarantine } from './quarantine.ts';
import { reproduce } from './reproduce.ts';
import { rollback } from './rollback.ts';
import { run } from './run.ts';
import { runs } from './runs.ts';
import { status } from './status.ts';
import { up } from './up.ts';
import { upload } from './upload.ts';
import { versions } from './versions.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  init,
  check,
  run,
  upload,
  predict,
  monitor,
  status,
  runs,
  compare,
  reproduce,
  datasets,
  versions,
  events,
  approve,
  reject,
  rollback,
  quarantine,
  doctor,
  demo,
  up,
};

const COMMON = {
  target: { type: 'string', default: 'local' },
  env: { type: 'string' },
  state: { type: 'string', default: '.antei' },
  models: { type: 'string', default: 'models' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies Options;

/**
 * Runs one command line.
 * @returns The exit code: 0 done, 1 refused or failed, 2 wrong usage.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const [name = '', ...rest] = argv;
  const command = COMMANDS[name];
  if (command === undefined) {
    const asked = name === '' || name === 'help' || name === '--help' || name === '-h';
    if (!asked) process.stderr.write(`There is no command "${name}".\n\n`);
    (asked ? process.stdout : process.stderr).write(overview());
    return asked ? 0 : 2;
  }
  try {
    const invocation = await parse(command, rest);
    if (invocation === 'help') {
      process.stdout.write(`${command.summary}\n\n  antei ${name} ${command.usage}\n`);
      return 0;
    }
    const { facts, text, refused = false } = await command.run(invocation);
    process.stdout.write(invocation.json ? `${JSON.stringify(facts, null, 2)}\n` : `${text}\n`);
    return refused ? 1 : 0;
  } catch (error) {
    const wrongUsage = error instanceof UsageError;
    process.stderr.write(`${messageOf(error)}\n`);
    if (wrongUsage) process.stderr.write(`\nUsage: antei ${name} ${command.usage}\n`);
    // Anything that is not one of our own refusals is a defect: its trace helps to report it.
    else if (!(error instanceof AnteiError) && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    return wrongUsage ? 2 : 1;
  }
}

async function parse(command: Command, args: readonly string[]): Promise<Invocation | 'help'> {
  const options: Options = { ...COMMON, ...command.options };
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
  const { values, positionals } = parsed;
  if (values.help === true) return 'help';
  const all = (name: string): string[] => [values[name]].flat().filter(value => typeof value === 'string');
  const common = (name: 'target' | 'state' | 'models'): string => all(name).at(-1) ?? COMMON[name].default;
  const [target, state, models] = [targetOf(common('target')), common('state'), common('models')];
  return {
    ...{ positionals, all, target, state, models },
    option: name => all(name).at(-1),
    deployment: await deploymentFor(target, { state, models, environment: all('env').at(-1) }),
    json: values.json === true,
  };
}

function targetOf(text: string): Target {
  const target = TARGETS.find(name => name === text);
  if (target === undefined) throw new UsageError(`--target takes ${TARGETS.join(' or ')}, not "${text}"`);
  return target;
}

function overview(): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, { usage, summary }]) => `  ${`${name} ${usage}`.trimEnd()}\n      ${summary}`,
  );
  return `Antei: MLOps for a small team that owns time-series and relational data.

antei COMMAND …
${lines.join('\n')}

Every command takes --target local or aws (the embedded cloud, or what cdk deploy made), --env NAME (what cdk deploy
-c env=NAME made), --state DIR (the embedded cloud's state, .antei), --models DIR (the specs, models), --json (one JSON
document on stdout) and --help. Exit codes: 0 done, 1 refused, 2 wrong usage.
`;
}
