import { writeModelCard } from '../../core/insights/model-card.ts';
import { registerVersion } from '../../core/registry/versions.ts';
import { trialOf } from '../../core/spec/release.ts';
import { deploys } from '../../core/spec/stages.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'registerVersion',
  async ({ time, spec, dataset, run }, { data, models, record }) => {
    const version = await registerVersion({ data, models, model: spec.name, dataset, run, time });
    const card = await writeModelCard({ data, models, spec, version });
    await record('registered', `Version ${version.version} is run ${run}`, {
      version: version.version,
      run,
      dataset,
      card,
    });
    const goesOn = deploys(spec);
    return {
      version: version.version,
      approval: goesOn && spec.approval !== 'automatic',
      trial: goesOn && trialOf(spec) !== undefined,
    };
  },
);
