import { dirname } from 'node:path';

/** The project's root directory. */
export const PROJECT = dirname(import.meta.dirname);
