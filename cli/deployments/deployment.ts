import type { SendAnswer } from '../../core/registry/decide-approval.ts';
import type { Spec } from '../../core/spec/schema.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';

/** The buckets of one deployment. */
export interface Stores {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
}

/** Values of `--target`. */
export const TARGETS = ['local', 'aws'] as const;
export type Target = (typeof TARGETS)[number];

/** Where Antei runs that a command is about: the embedded cloud of a state directory, or an AWS account. */
export interface Deployment {
  /** The specs that are deployed there. */
  specs(): Promise<readonly Spec[]>;
  /** The buckets, to be read. */
  stores(): Promise<Stores>;
  /** Who gives the command, as the event log shall name them. */
  actor(): Promise<string>;
  /**
   * Lets a command set workflows off.
   * @param time What `--time` says; the deployment's own time without it.
   */
  session<T>(time: string | undefined, work: (session: Session) => Promise<T>): Promise<T>;
  /** What time it is there: what `--time` says, or now; where history is replayed, time stands where that is. */
  moment(time: string | undefined): Promise<Date>;
  /** A session for a decision about what is there, at that moment. */
  decision<T>(time: string | undefined, work: (session: Session) => Promise<T>): Promise<T>;
}

/** A deployment at work. */
export interface Session {
  readonly stores: Stores;
  /** Whatever happens from now on has this time or a later one. */
  readonly now: Date;
  /** Puts a file of this machine into the data bucket, and waits until all is done that this sets off. */
  put(key: string, path: string): Promise<void>;
  /** Answers the execution that waits under a token. */
  readonly answer: SendAnswer;
  /** Waits until all is done that a decision about a model sets off. */
  settle(model: string): Promise<void>;
}
