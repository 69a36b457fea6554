import type { SendAnswer } from '../../core/registry/decide-approval.ts';
import type { Spec } from '../../core/spec/schema.ts';
import type { EmbeddedCloud } from '../../local/embedded-cloud.ts';
import { StateDirectoryError, UnknownResourceError } from '../../local/errors.ts';
import { lockDirectory } from '../../local/state/directory-lock.ts';
import { decisionTime } from '../decision-time.ts';
import { type LocalCloud, storesOf, withLocalCloud } from '../local-cloud.ts';
import { localUser } from '../local-user.ts';
import { deployedSpecs, folderOf } from '../specs.ts';
import { timeOption } from '../time.ts';
import type { Deployment, Session } from './deployment.ts';
import { sessionBeside } from './session-beside.ts';

/** The embedded cloud of a state directory. */
export function localDeployment(o: {
  readonly state: string;
  /** Directory of the specs. */
  readonly models: string;
  /** @default all specs of the directory and of the state */
  readonly specs?: readonly Spec[];
  /** @default where the specs of the directory and of the state were written */
  readonly folderOf?: (model: string) => string | undefined;
}): Deployment {
  const specs = (): readonly Spec[] => o.specs ?? deployedSpecs(o.state, o.models);
  const at = <T>(time: Date, work: (session: Session) => Promise<T>): Promise<T> =>
    withLocalCloud(
      {
        ...{ specs: specs(), state: o.state, time },
        folderOf: o.folderOf ?? (model => folderOf(model, o.state, o.models)),
      },
      local => work(sessionOf(local)),
    );
  const moment = (time: string | undefined): Promise<Date> => decisionTime(o.state, time);
  return {
    specs: async () => specs(),
    stores: () => storesOf(o.state),
    actor: async () => localUser(),
    session: (time, work) => at(timeOption(time), work),
    moment,
    async decision(time, work) {
      const now = await moment(time);
      const held = await heldBy(o.state);
      return held === undefined ? at(now, work) : work(await sessionBeside(o.state, now, held));
    },
  };
}

/** The refusal of a state directory that another process has; undefined where it is free. */
async function heldBy(state: string): Promise<StateDirectoryError | undefined> {
  try {
    const release = await lockDirectory(state);
    await release();
    return undefined;
  } catch (error) {
    if (error instanceof StateDirectoryError) return error;
    throw error;
  }
}

const sessionOf = ({ cloud, dataBucket, stores }: LocalCloud): Session => ({
  stores,
  now: cloud.now,
  async put(key, path) {
    await cloud.upload(dataBucket, key, path);
    await cloud.settle();
  },
  answer: answering(cloud),
  settle: () => cloud.settle(),
});

/** SendTaskSuccess of the embedded cloud. */
const answering =
  (cloud: EmbeddedCloud): SendAnswer =>
  async (token, output) => {
    try {
      await cloud.answer(token, { output });
      return true;
    } catch (error) {
      // Nobody waits under it any more. Its message names the token, which no one but a decider may see.
      if (error instanceof UnknownResourceError) return false;
      throw error;
    }
  };
