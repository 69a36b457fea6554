import { userInfo } from 'node:os';
import type { Spec } from '../../core/spec/schema.ts';
import { storesOf, withLocalCloud } from '../local-cloud.ts';
import { deployedSpecs } from '../specs.ts';
import { timeOption } from '../time.ts';
import type { Deployment } from './deployment.ts';

/** The embedded cloud of a state directory. */
export function localDeployment(o: {
  readonly state: string;
  /** Directory of the specs. */
  readonly models: string;
  /** @default all specs of the directory and of the state */
  readonly specs?: readonly Spec[];
}): Deployment {
  const specs = (): readonly Spec[] => o.specs ?? deployedSpecs(o.state, o.models);
  return {
    specs: async () => specs(),
    stores: () => storesOf(o.state),
    actor: async () => `local:${userInfo().username}`,
    session: (time, work) =>
      withLocalCloud(
        { specs: specs(), state: o.state, time: timeOption(time) },
        ({ cloud, dataBucket, stores }) =>
          work({
            stores,
            now: cloud.now,
            async put(key, path) {
              await cloud.upload(dataBucket, key, path);
              await cloud.settle();
            },
          }),
      ),
  };
}
