import { rollBack } from '../../core/registry/roll-back.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'rollBack',
  async ({ time, spec, version, reason }, { models, metrics }) => {
    const outcome = await rollBack({
      ...{ models, model: spec.name, from: version },
      ...{ time, actor: 'workflow', reason },
    });
    if (outcome.rolledBack) metrics({ Rollbacks: 1 });
    return { remedy: outcome.rolledBack ? 'rollback' : 'notify', because: outcome.reason };
  },
);
