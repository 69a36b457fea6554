import { userInfo } from 'node:os';

/** Who acts on this machine, as events write it. */
export const localUser = (): string => `local:${userInfo().username}`;
