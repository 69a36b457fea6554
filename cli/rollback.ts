import { rollBack } from '../core/registry/roll-back.ts';
import { listVersions } from '../core/registry/versions.ts';
import { type Command, UsageError } from './command.ts';
import { DECISION_OPTIONS, decision, versionNumber } from './decide.ts';
import { modelArgument } from './model-argument.ts';

export const rollback: Command = {
  summary:
    'takes the version on trial back, or else goes back to the champion before, or to any version that nobody rejected',
  usage: 'MODEL [--to N] --reason WHY',
  options: { ...DECISION_OPTIONS, to: { type: 'string' } },
  async run(invocation) {
    const { option, positionals, deployment } = invocation;
    const model = await modelArgument(positionals, deployment);
    const to = option('to') === undefined ? undefined : versionNumber(option('to'));
    const known = (await listVersions((await deployment.stores()).models, model)).map(
      ({ version }) => version,
    );
    if (to !== undefined && !known.includes(to))
      throw new UsageError(`There is no version ${to} of ${model}; versions: ${known.join(', ') || 'none'}`);
    return decision(invocation, model, async ({ stores: { models } }, { time, reason, by }) => {
      const outcome = await rollBack({
        ...{ models, model, time, reason, actor: by },
        ...(to === undefined ? {} : { to }),
      });
      return outcome.rolledBack ? {} : { refused: outcome.reason };
    });
  },
};
