import { decideApproval, type SendAnswer } from '../core/registry/decide-approval.ts';
import type { EmbeddedCloud } from '../local/embedded-cloud.ts';
import { UnknownResourceError } from '../local/errors.ts';
import type { Command } from './command.ts';
import { DECISION_OPTIONS, decision, versionNumber } from './decide.ts';
import { modelArgument } from './model-argument.ts';

/** SendTaskSuccess of the embedded cloud. */
const answering =
  (cloud: EmbeddedCloud): SendAnswer =>
  async (token, output) => {
    try {
      await cloud.answer(token, { output });
      return true;
    } catch (error) {
      // Nobody waits under it any more. Its message names the token, which no one but a decider may see.
      if (error instanceof UnknownResourceError) return false;
      throw error;
    }
  };

const deciding = (approved: boolean, summary: string): Command => ({
  summary,
  usage: 'MODEL VERSION --reason WHY',
  options: DECISION_OPTIONS,
  run(invocation) {
    const { positionals, state, models: directory } = invocation;
    const [name = '', number, ...extra] = positionals;
    const model = modelArgument([name, ...extra], state, directory);
    const version = versionNumber(number);
    return decision(invocation, model, async ({ cloud, stores: { models } }, decided) => {
      await decideApproval({ models, version, approved, ...decided, send: answering(cloud) });
      return {};
    });
  },
});

export const approve = deciding(true, 'lets a version that waits for approval into production');
export const reject = deciding(false, 'keeps a version that waits for approval out of production');
