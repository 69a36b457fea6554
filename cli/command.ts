import type { ParseArgsConfig } from 'node:util';
import type { Deployment, Target } from './deployments/deployment.ts';

export type Options = NonNullable<ParseArgsConfig['options']>;

/** What a command line said, and where the answer goes. */
export interface Invocation {
  readonly positionals: readonly string[];
  /** The last value of a text option, if it was given. */
  readonly option: (name: string) => string | undefined;
  /** Every value of an option that may be repeated. */
  readonly all: (name: string) => readonly string[];
  /** Where Antei runs that the command is about. */
  readonly deployment: Deployment;
  readonly target: Target;
  /** Directory of the embedded cloud's state. */
  readonly state: string;
  /** Directory of the specs. */
  readonly models: string;
  /** Whether stdout is for machines. */
  readonly json: boolean;
}

/** What a command found out: the same facts for machines and for people. */
export interface Answer {
  /** Printed by `--json`. */
  readonly facts: unknown;
  /** Printed otherwise. */
  readonly text: string;
  /** A quarantine, a gate or a check said no: exit code 1. */
  readonly refused?: boolean;
}

export interface Command {
  readonly summary: string;
  /** What follows the command's name. */
  readonly usage: string;
  /** Options beside the common ones. */
  readonly options?: Options;
  run(invocation: Invocation): Promise<Answer>;
}

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
