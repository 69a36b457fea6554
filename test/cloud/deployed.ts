import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { type Names, namesOf } from '../../core/deployment/names.ts';
import { PROJECT } from '../../lib/project.ts';
import { command, type Ended, succeeding } from './command.ts';
import { ARCHITECTURE, type EmulatedAccount } from './emulated-account.ts';

/** Milliseconds within which everything that is waited for comes, also on a machine that does much else. */
const COMES_WITHIN = 200_000;

/** Asks until there is an answer. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const until = performance.now() + COMES_WITHIN;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > until) throw new Error(`${what}: not within ${COMES_WITHIN / 1000} seconds`);
    await pause(1000);
  }
}

export interface DeployedProps {
  /** For the assembly. */
  readonly folder: string;
  /** Directory of the specs. */
  readonly models: string;
  /** @default the deployment that has no name of its own */
  readonly environment?: string;
  /** Options of `cdk -c`, as `name=value`. */
  readonly options?: readonly string[];
}

const outputsSchema = z.object({
  Stacks: z.tuple([
    z.object({ Outputs: z.array(z.object({ OutputKey: z.string(), OutputValue: z.string() })).default([]) }),
  ]),
});

/** A deployment in an emulated account, used as strangers do: by the commands of CDK, AWS and Antei. */
export class Deployed {
  readonly account: EmulatedAccount;
  readonly names: Names;
  readonly #context: readonly string[];

  constructor(account: EmulatedAccount, { folder, models, environment, options = [] }: DeployedProps) {
    this.account = account;
    this.names = namesOf(environment);
    const context = [`models=${models}`, `architecture=${ARCHITECTURE}`, ...options];
    if (environment !== undefined) context.push(`env=${environment}`);
    this.#context = [
      ...context.flatMap(option => ['-c', option]),
      ...['--output', join(folder, `cdk.out-${environment ?? ''}`)],
    ];
  }

  run(program: string, ...args: readonly string[]): Promise<Ended> {
    return succeeding(program, args, { env: this.account.environment, cwd: PROJECT });
  }

  cdk(...args: readonly string[]): Promise<Ended> {
    return this.run('cdk', ...args, ...this.#context);
  }

  /** The emulator does not know change sets of existing stacks, so updates go directly. */
  deploy(): Promise<Ended> {
    return this.cdk('deploy', '--all', '--require-approval', 'never', '--method=direct');
  }

  async aws(...args: readonly string[]): Promise<unknown> {
    const { stdout } = await this.run('aws', ...args, '--output', 'json');
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  }

  /** What the command answers that must succeed. */
  async antei(...args: readonly string[]) {
    const { stdout } = await this.run(process.execPath, ...this.#antei(args));
    return JSON.parse(stdout);
  }

  /** What the command answers that must refuse. */
  async refused(...args: readonly string[]) {
    const { code, stdout, stderr } = await command(process.execPath, this.#antei(args), {
      ...{ env: this.account.environment, cwd: PROJECT },
    });
    if (code !== 1) throw new Error(`antei ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`);
    return JSON.parse(stdout);
  }

  /** What a stack says of itself: the platform's unless another is named. */
  async outputs(stack = this.names.platformStack): Promise<Record<string, string>> {
    const { Stacks } = outputsSchema.parse(
      await this.aws('cloudformation', 'describe-stacks', '--stack-name', stack),
    );
    return Object.fromEntries(
      Stacks[0].Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
  }

  async buckets(): Promise<{ readonly data: string; readonly models: string }> {
    const { DataBucket = '', ModelBucket = '' } = await this.outputs();
    return { data: DataBucket, models: ModelBucket };
  }

  #antei(args: readonly string[]): readonly string[] {
    const { environment } = this.names;
    const which = environment === undefined ? [] : ['--env', environment];
    return ['bin/antei.ts', ...args, '--target', 'aws', ...which, '--json'];
  }
}
