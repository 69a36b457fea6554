import { requestApproval } from '../../core/registry/approval.ts';
import { approvalRequest } from '../../core/registry/approval-request.ts';
import { approvalDeadline } from '../../core/spec/release.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep('requestApproval', async ({ time, spec, version }, { models, metrics }) => {
  const expiresAt = (approvalDeadline(spec, new Date(time)) ?? new Date(time)).toISOString();
  const approval = await requestApproval({ models, model: spec.name, version, time, expiresAt });
  metrics({ ApprovalsRequested: 1 });
  // A repeated delivery waits no longer than the first.
  const seconds = Math.ceil((Date.parse(approval.expiresAt) - Date.parse(time)) / 1000);
  return { ...(await approvalRequest(models, approval)), seconds: Math.max(1, seconds) };
});
