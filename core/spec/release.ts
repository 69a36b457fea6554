import * as z from 'zod';
import { addDuration, parseDuration } from './duration.ts';
import { duration } from './primitives.ts';

/** What a spec says of the way of a version into production. */

/** Step Functions ends an execution after a year; a question that is open for longer than this helps nobody. */
const LONGEST_APPROVAL_DAYS = 300;

const DEFAULT_EXPIRY = '7 days';

export const approvalSchema = z.union([
  z.enum(['automatic', 'manual']),
  z.strictObject({
    by: z.literal('manual').describe('A person decides'),
    expires: duration
      .default(DEFAULT_EXPIRY)
      .describe('How long a version waits for the decision; then it is rejected as expired'),
  }),
]);

export const rolloutSchema = z.union([
  z.literal('all-at-once'),
  z.strictObject({
    canary: z
      .number()
      .gt(0)
      .lt(100)
      .optional()
      .describe('Percent of the requests that the new version answers while it is on trial'),
    shadow: z
      .literal(true)
      .optional()
      .describe(
        'true: the new version computes every answer too while it is on trial, and the champion answers',
      ),
    minutes: z.int().min(1).max(10_080).describe('How long the trial lasts'),
    min_requests: z
      .int()
      .min(20)
      .max(1_000_000)
      .default(100)
      .describe('Requests that the new version must have computed in that time to be judged by them'),
    on_little_traffic: z
      .enum(['promote', 'keep'])
      .default('promote')
      .describe('What is done after fewer: promote, for the gate was passed; or keep the champion'),
  }),
]);

interface Release {
  readonly approval: z.output<typeof approvalSchema>;
  readonly rollout: z.output<typeof rolloutSchema>;
}

/** A version's trial beside the champion, before it takes over. */
export interface TrialPlan {
  readonly mode: 'canary' | 'shadow';
  /** Percent of the requests that the new version computes. */
  readonly percent: number;
  readonly minutes: number;
  readonly minRequests: number;
  readonly onLittleTraffic: 'promote' | 'keep';
}

/** The trial that a spec asks for; undefined where a version takes over at once. */
export function trialOf({ rollout }: Pick<Release, 'rollout'>): TrialPlan | undefined {
  if (rollout === 'all-at-once') return undefined;
  const { canary, minutes, min_requests: minRequests, on_little_traffic: onLittleTraffic } = rollout;
  const plan = { minutes, minRequests, onLittleTraffic };
  return canary === undefined
    ? { ...plan, mode: 'shadow', percent: 100 }
    : { ...plan, mode: 'canary', percent: canary };
}

/** Until when a version may be approved that is registered at a moment; undefined where nobody is asked. */
export function approvalDeadline({ approval }: Pick<Release, 'approval'>, from: Date): Date | undefined {
  if (approval === 'automatic') return undefined;
  const parsed = parseDuration(approval === 'manual' ? DEFAULT_EXPIRY : approval.expires);
  if (parsed === undefined) throw new TypeError('The schema checks the duration.');
  return addDuration(from, parsed, 1);
}

/** What is wrong with what a spec says of approval and rollout. */
export function* releaseProblems({ approval, rollout }: Release) {
  if (rollout !== 'all-at-once' && (rollout.canary === undefined) === (rollout.shadow === undefined)) {
    const found = rollout.canary === undefined ? 'neither' : 'both';
    yield { path: ['rollout'], message: `names ${found} of canary and shadow; exactly one is needed` };
  }
  const from = new Date(0);
  const days = ((approvalDeadline({ approval }, from)?.getTime() ?? 0) - from.getTime()) / 86_400_000;
  if (days > LONGEST_APPROVAL_DAYS) {
    yield {
      path: ['approval', 'expires'],
      message: `found ${days} days; the most allowed is ${LONGEST_APPROVAL_DAYS}`,
    };
  }
}
