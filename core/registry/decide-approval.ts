import type * as z from 'zod';
import { readableTime } from '../insights/readable.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ApprovalError } from '../telemetry/errors.ts';
import { type answerSchema, findApproval, listApprovals } from './approval.ts';

/**
 * Hands a decision to the execution that waits under a token, as Step Functions' SendTaskSuccess does.
 * @returns Whether one waited.
 */
export type SendAnswer = (token: string, answer: z.output<typeof answerSchema>) => Promise<boolean>;

/**
 * Answers the question whether a version may go into production. The workflow that waits records the decision.
 * @param o.by Who decides: `local:<user>`, or the ARN of an AWS identity.
 * @param o.time The moment of the decision.
 * @throws ApprovalError when the version does not wait for a decision.
 */
export async function decideApproval(o: {
  readonly models: ObjectStore;
  readonly model: string;
  readonly version: number;
  readonly approved: boolean;
  readonly by: string;
  readonly reason: string;
  readonly time: string;
  readonly send: SendAnswer;
}): Promise<void> {
  const { models, model, version, approved, by, reason, send } = o;
  const approval = await findApproval(o);
  if (approval === undefined) {
    const waiting = (await listApprovals(models, model)).filter(({ decision }) => decision === null);
    const which = waiting.map(one => one.version).join(', ') || 'none';
    throw new ApprovalError(
      `Version ${version} of ${model} does not wait for approval. Versions that do: ${which}.`,
    );
  }
  const { decision, expiresAt, tokens } = approval;
  if (decision !== null) {
    throw new ApprovalError(
      `Version ${version} of ${model} was ${decision.approved ? 'approved' : 'rejected'} by ${decision.by} on ` +
        `${readableTime(decision.time)} already: ${decision.reason}.`,
    );
  }
  if (Date.parse(o.time) >= Date.parse(expiresAt)) {
    throw new ApprovalError(
      `The time to decide on version ${version} of ${model} was over on ${readableTime(expiresAt)}.`,
    );
  }
  const heard = await Promise.all(tokens.map(token => send(token, { approved, by, reason })));
  if (!heard.includes(true)) {
    throw new ApprovalError(
      `No workflow waits for the decision on version ${version} of ${model} at this moment: it was answered a moment ago, ` +
        'or the question is only just being asked. Look at its events, and try again.',
    );
  }
}
