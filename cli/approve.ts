import { decideApproval } from '../core/registry/decide-approval.ts';
import type { Command } from './command.ts';
import { DECISION_OPTIONS, decision, versionNumber } from './decide.ts';
import { modelArgument } from './model-argument.ts';

const deciding = (approved: boolean, summary: string): Command => ({
  summary,
  usage: 'MODEL VERSION --reason WHY',
  options: DECISION_OPTIONS,
  async run(invocation) {
    const { positionals, deployment } = invocation;
    const [name = '', number, ...extra] = positionals;
    const model = await modelArgument([name, ...extra], deployment);
    const version = versionNumber(number);
    return decision(invocation, model, async ({ answer, stores: { models } }, decided) => {
      await decideApproval({ models, version, approved, ...decided, send: answer });
      return {};
    });
  },
});

export const approve = deciding(true, 'lets a version that waits for approval into production');
export const reject = deciding(false, 'keeps a version that waits for approval out of production');
