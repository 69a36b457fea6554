import { promoteVersion } from '../../core/registry/promote-version.ts';
import { deploys } from '../../core/spec/stages.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'promoteVersion',
  async ({ time, spec, version }, { models, metrics, record }) => {
    const { promoted, reason } = deploys(spec)
      ? await promoteVersion({ models, model: spec.name, version, time })
      : { promoted: false, reason: `Version ${version} is not deployed: the spec's stage is ${spec.stage}` };
    if (promoted) metrics({ Promotions: 1 });
    else await record('kept', reason, { version });
    return { promoted, reason };
  },
);
