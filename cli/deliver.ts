import { type DeliveryFacts, deliveryFacts } from '../core/insights/delivery-facts.ts';
import type { Spec } from '../core/spec/schema.ts';
import { dataKeys } from '../core/storage/layout.ts';
import type { Answer } from './command.ts';
import type { Deployment } from './deployments/deployment.ts';
import { describeDelivery } from './describe-delivery.ts';
import { outputsOf } from './outputs.ts';
import type { Upload } from './uploads.ts';

/** Uploads files one after the other, each with all that it triggers, and tells what came of them. */
export function deliver(
  deployment: Deployment,
  time: string | undefined,
  spec: Spec,
  uploads: readonly Upload[],
): Promise<Answer> {
  return deployment.session(time, async ({ stores, now: since, put }) => {
    for (const { table, file, path } of uploads)
      await put(dataKeys.incoming({ model: spec.name, table, file }), path);
    const facts = await deliveryFacts({ ...stores, model: spec.name, since });
    const outputs = await outputsOf(stores, facts);
    return {
      facts: { ...facts, outputs },
      text: describeDelivery(facts, outputs),
      refused: wasRefused(facts),
    };
  });
}

const wasRefused = ({ quarantined, failures, decision }: DeliveryFacts): boolean =>
  quarantined.length > 0 || failures.length > 0 || decision?.promoted === false;
