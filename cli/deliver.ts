import { type DeliveryFacts, deliveryFacts } from '../core/insights/delivery-facts.ts';
import type { Spec } from '../core/spec/schema.ts';
import { dataKeys } from '../core/storage/layout.ts';
import { bring } from './brought.ts';
import type { Answer } from './command.ts';
import type { Deployment } from './deployments/deployment.ts';
import { describeDelivery } from './describe-delivery.ts';
import { outputsOf } from './outputs.ts';
import type { Upload } from './uploads.ts';

interface Delivery {
  readonly deployment: Deployment;
  /** What `--time` says. */
  readonly time: string | undefined;
  readonly spec: Spec;
  /** The folder of the spec, with the trained models that it names. */
  readonly folder: string | undefined;
  readonly uploads: readonly Upload[];
}

/** Uploads files one after the other, each with all that it triggers, and tells what came of them. */
export function deliver({ deployment, time, spec, folder, uploads }: Delivery): Promise<Answer> {
  return deployment.session(time, async ({ stores, now: since, put }) => {
    if (folder !== undefined) await bring(stores.models, spec, folder);
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
  quarantined.length > 0 ||
  failures.length > 0 ||
  (decision !== null && !decision.promoted && !decision.waiting);
