import { setTimeout as pause } from 'node:timers/promises';
import { listEvents } from '../../core/registry/events.ts';
import type { StateDirectoryError } from '../../local/errors.ts';
import { leaveAnswer } from '../../local/workflow/answer-box.ts';
import { storesOf } from '../local-cloud.ts';
import type { Session } from './deployment.ts';

/** `antei up` looks every second; busy with something large it may take longer. In milliseconds. */
const PATIENCE = 15_000;

/** What follows from a decision begins within seconds; so many quiet looks, a second apart, mean that nothing more does. */
const QUIET_LOOKS = 4;
const MOST_LOOKS = 60;

/**
 * A session beside an embedded cloud that another process has, such as `antei up`: what is decided is written, and that
 * process does what follows from it.
 * @param held Why the state directory cannot be used alone.
 */
export async function sessionBeside(state: string, now: Date, held: StateDirectoryError): Promise<Session> {
  const stores = await storesOf(state);
  return {
    ...{ stores, now },
    put: (key, path) => stores.data.putFile(key, path),
    async answer(token, output) {
      const heard = await leaveAnswer({ state, token, answer: { output }, patience: PATIENCE });
      // Another command that is at work, and not a cloud that stays up: it listens to nobody.
      if (heard === undefined) throw held;
      return heard;
    },
    async settle(model) {
      const count = async (): Promise<number> => (await listEvents(stores.models, model)).length;
      let known = await count();
      for (let [look, quiet] = [0, 0]; look < MOST_LOOKS && quiet < QUIET_LOOKS; look++) {
        await pause(1000);
        const now = await count();
        quiet = now === known ? quiet + 1 : 0;
        known = now;
      }
    },
  };
}
