import { loadSpecs } from '../../core/spec/parse-spec.ts';
import type { Check } from './examine.ts';

/** Whether the specs of a directory can be read at all; `antei check` tells more. */
export const specsCheck = (models: string): Check => ({
  name: 'specs',
  advice: 'run "npm run antei -- check", which names file, line and what is allowed',
  async look() {
    const names = loadSpecs(models).map(({ name }) => name);
    if (names.length === 0) throw new Error(`no spec in ${models}; "npm run antei -- init" writes one`);
    return names.join(', ');
  },
});
