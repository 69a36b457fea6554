import * as z from 'zod';
import { canonicalJson } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ApprovalDecidedError, ObjectNotFoundError } from '../telemetry/errors.ts';
import { recordEvent } from './events.ts';

const moment = z.iso.datetime({ offset: true });

const decisionSchema = z.object({
  approved: z.boolean(),
  /** A person, or `workflow` where nobody decided. */
  by: z.string(),
  reason: z.string(),
  time: moment,
});

/** `approvals/<model>/<version>.json`: a version that waits for a person's decision, and later the decision. */
const approvalSchema = z.object({
  model: z.string(),
  version: z.int().min(1),
  requestedAt: moment,
  /** When the version is rejected if nobody has decided. */
  expiresAt: moment,
  /**
   * The task tokens of the executions that wait; several where the upload was delivered more than once. Whoever has one
   * can decide: they are never logged nor sent. Empty once it is decided.
   */
  tokens: z.array(z.string()),
  decision: decisionSchema.nullable(),
});

export type Approval = z.output<typeof approvalSchema>;
export type Decision = z.output<typeof decisionSchema>;

interface Place {
  readonly models: ObjectStore;
  readonly model: string;
  readonly version: number;
}

/** The question whether a version may go into production, or undefined when it was never asked. */
export async function findApproval({ models, model, version }: Place): Promise<Approval | undefined> {
  return (await readApproval({ models, model, version }))?.approval;
}

/** Every question about a model, by version. */
export async function listApprovals(models: ObjectStore, model: string): Promise<Approval[]> {
  const approvals: Approval[] = [];
  for await (const { key } of models.list(modelKeys.approvals(model))) {
    const object = await models.get(key);
    if (object !== undefined) approvals.push(approvalSchema.parse(JSON.parse(object.body.toString())));
  }
  return approvals.sort((a, b) => a.version - b.version);
}

/**
 * Asks, once for each version, and records that it was asked.
 * @throws ApprovalDecidedError when it was decided already.
 */
export async function requestApproval(
  o: Place & { readonly time: string; readonly expiresAt: string },
): Promise<Approval> {
  const { models, model, version, time, expiresAt } = o;
  const asked: Approval = { model, version, requestedAt: time, expiresAt, tokens: [], decision: null };
  await models.putIfAbsent(modelKeys.approval(model, version), canonicalJson(asked));
  const { approval } = await loadApproval(o);
  refuseDecided(approval);
  await recordEvent(models, {
    ...{ time: approval.requestedAt, model, kind: 'approval-requested', actor: 'workflow' },
    summary: `Version ${version} waits for approval`,
    details: { version, expiresAt: approval.expiresAt },
  });
  return approval;
}

/**
 * Notes the token under which an execution waits for the decision.
 * @throws ApprovalDecidedError when it was decided already.
 */
export async function awaitDecision(o: Place & { readonly token: string }): Promise<void> {
  await changeApproval(o, approval => {
    refuseDecided(approval);
    return { ...approval, tokens: [...new Set([...approval.tokens, o.token])] };
  });
}

/** What an execution was told by whoever held its token. */
export const answerSchema = z.object({
  approved: z.boolean(),
  by: z.string().min(1).max(500),
  reason: z.string().min(1).max(2000),
});

/** What Step Functions says when it gave up waiting. */
const failureSchema = z.object({ Error: z.string() });

/**
 * Keeps the first decision on a version, and records it; every later answer comes to the same.
 * @param o.answer What the state came to that waited: an answer, or the failure that nobody gave one in time.
 */
export async function recordDecision(
  o: Place & { readonly time: string; readonly answer: unknown },
): Promise<Decision> {
  const { models, model, version, time, answer } = o;
  const { decision } = await changeApproval(o, approval => ({
    ...approval,
    tokens: [],
    decision: approval.decision ?? decisionOf(answer, time),
  }));
  if (decision === null) throw new TypeError('The change above decides.');
  const { approved, by, reason } = decision;
  await recordEvent(models, {
    ...{ time: decision.time, model, kind: approved ? 'approved' : 'rejected', actor: by },
    summary: `Version ${version} is ${approved ? 'approved' : 'rejected'}: ${reason}`,
    details: { version, reason, before: 'waiting', after: approved ? 'approved' : 'rejected' },
  });
  return decision;
}

/** Whatever is no clear consent is a refusal. */
function decisionOf(answer: unknown, time: string): Decision {
  const given = answerSchema.safeParse(answer);
  if (given.success) return { ...given.data, time };
  const nobody = failureSchema.safeParse(answer).data?.Error === 'States.Timeout';
  const reason = nobody
    ? 'expired'
    : 'the answer was not of the form {"approved": true or false, "by": "…", "reason": "…"}';
  return { approved: false, by: 'workflow', reason, time };
}

function refuseDecided({ version, decision }: Approval): void {
  if (decision === null) return;
  throw new ApprovalDecidedError(
    `Version ${version} was ${decision.approved ? 'approved' : 'rejected'} by ${decision.by} already.`,
  );
}

async function changeApproval(place: Place, change: (approval: Approval) => Approval): Promise<Approval> {
  const key = modelKeys.approval(place.model, place.version);
  for (;;) {
    const { approval, etag } = await loadApproval(place);
    const next = change(approval);
    if (canonicalJson(next) === canonicalJson(approval)) return approval;
    if (await place.models.putIfMatch(key, canonicalJson(next), etag)) return next;
  }
}

async function loadApproval(place: Place) {
  const found = await readApproval(place);
  if (found !== undefined) return found;
  throw new ObjectNotFoundError(place.models.url, modelKeys.approval(place.model, place.version));
}

async function readApproval({ models, model, version }: Place) {
  const object = await models.get(modelKeys.approval(model, version));
  return object && { approval: approvalSchema.parse(JSON.parse(object.body.toString())), etag: object.etag };
}
