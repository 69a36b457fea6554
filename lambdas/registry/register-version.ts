import { registerVersion } from '../../core/registry/versions.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'registerVersion',
  async ({ time, spec, dataset, run }, { data, models, record }) => {
    const { version } = await registerVersion({ data, models, model: spec.name, dataset, run, time });
    await record('registered', `Version ${version} is run ${run}`, { version, run, dataset });
    return { version };
  },
);
