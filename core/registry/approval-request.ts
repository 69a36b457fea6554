import { readableMeasure, readableTime } from '../insights/readable.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Approval } from './approval.ts';
import { readProduction } from './production.ts';
import { readableStanding } from './readable-standing.ts';
import { loadVersion } from './versions.ts';

/** What the owner of a model is told when a version waits for a decision. */
export interface ApprovalRequest {
  /** At most 100 characters of ASCII, as SNS allows. */
  readonly subject: string;
  readonly message: string;
}

/** The summary of a version for whoever decides on it. */
export async function approvalRequest(
  models: ObjectStore,
  { model, version: number, expiresAt }: Approval,
): Promise<ApprovalRequest> {
  const version = await loadVersion(models, model, number);
  const production = await readProduction(models, model);
  const measures = Object.entries(version.metrics.test)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => `${name} ${readableMeasure(name, value)}`);
  const command = (word: string) => `  antei ${word} ${model} ${number} --reason "..."`;
  return {
    subject: `Antei: version ${number} of ${model} waits for approval`,
    message: [
      `Version ${number} of ${model} waits for your decision until ${readableTime(expiresAt)} UTC. Then it is rejected as expired.`,
      '',
      `What the gate said: ${version.reason}`,
      `Made by: ${version.recipe.trainer}, on data until ${readableTime(version.dataEnd)}`,
      `On the test part: ${measures.join(', ')}`,
      `In production: ${readableStanding(production)}`,
      `Model card: ${linkTo(models.url, modelKeys.modelCard(model, number))}`,
      '',
      'Decide, and say why:',
      command('approve'),
      command('reject'),
    ].join('\n'),
  };
}

/** Where a person opens an object: S3's console, which asks who they are, or the file. */
function linkTo(store: string, key: string): string {
  const [, bucket] = /^s3:\/\/([^/]+)/.exec(store) ?? [];
  return bucket === undefined
    ? `${store.replace(/\/$/, '')}/${key}`
    : `https://console.aws.amazon.com/s3/object/${bucket}?prefix=${encodeURIComponent(key)}`;
}
