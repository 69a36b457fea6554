import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PROJECT } from '../../lib/project.ts';
import { succeeding } from './command.ts';

const REQUIREMENTS = join(PROJECT, 'test', 'cloud', 'requirements.txt');
const PYTHON = join(PROJECT, '.cache', 'cloud', 'python');
/** Milliseconds, also on a machine that does much else. */
const STARTS_WITHIN = 180_000;
/** Between finding a free port and using it somebody else may take it. */
const ATTEMPTS = 3;

export const ACCOUNT = '000000000000';
export const REGION = 'eu-west-1';

/** The emulator runs functions on the processor that is there. */
export const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'x86_64';

/** An AWS account that lives in a process of this machine, for as long as a test does. */
export class EmulatedAccount implements AsyncDisposable {
  readonly endpoint: string;
  readonly #process: ChildProcess;

  private constructor(endpoint: string, started: ChildProcess) {
    this.endpoint = endpoint;
    this.#process = started;
  }

  static async start(): Promise<EmulatedAccount> {
    await install();
    for (let attempt = 1; ; attempt++) {
      try {
        return await EmulatedAccount.#startOnce();
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  static async #startOnce(): Promise<EmulatedAccount> {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const started = spawn(join(PYTHON, 'bin', 'ministack'), [], {
      env: {
        ...process.env,
        // Its functions run under the Node that runs the tests.
        PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
        ...{ BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port), IOT_MTLS_ENABLED: '0' },
      },
      stdio: 'ignore',
      detached: true,
    });
    const account = new EmulatedAccount(endpoint, started);
    try {
      await account.#answering();
      return account;
    } catch (error) {
      await account[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What points every AWS client to this account. */
  get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PATH: [join(PROJECT, 'node_modules', '.bin'), join(PYTHON, 'bin'), process.env.PATH].join(':'),
      ...{ AWS_ENDPOINT_URL: this.endpoint, AWS_ENDPOINT_URL_S3: this.endpoint },
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      ...{ AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION },
      ...{ CDK_DEFAULT_ACCOUNT: ACCOUNT, CDK_DEFAULT_REGION: REGION, CDK_DISABLE_CLI_TELEMETRY: 'true' },
      ...{ NO_COLOR: '1', AWS_PAGER: '' },
    };
  }

  /** Ends the account with all functions that it runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { pid } = this.#process;
    if (pid === undefined || this.#hasEnded) return;
    const ended = once(this.#process, 'exit');
    process.kill(-pid, 'SIGTERM');
    const late = setTimeout(() => process.kill(-pid, 'SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  async #answering(): Promise<void> {
    const until = performance.now() + STARTS_WITHIN;
    for (;;) {
      const healthy = await fetch(`${this.endpoint}/_ministack/health`, {
        signal: AbortSignal.timeout(10_000),
      }).then(
        ({ ok }) => ok,
        () => false,
      );
      // Another process may have taken the port, and answer.
      if (healthy && !this.#hasEnded) return;
      if (this.#hasEnded || performance.now() > until)
        throw new Error(`The emulated account does not answer on ${this.endpoint}`);
      await pause(100);
    }
  }
}

/** Installs the pinned packages into an environment of their own, once. */
async function install(): Promise<void> {
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  const marker = join(PYTHON, 'installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  rmSync(PYTHON, { recursive: true, force: true });
  mkdirSync(dirname(PYTHON), { recursive: true });
  await succeeding('python3', ['-m', 'venv', PYTHON], { env: process.env });
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--requirement',
    REQUIREMENTS,
  ];
  await succeeding(join(PYTHON, 'bin', 'python'), pip, { env: process.env });
  writeFileSync(marker, wanted);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  server.close();
  await once(server, 'close');
  return address.port;
}
