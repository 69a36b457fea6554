import { promoteVersion } from '../../core/registry/promote-version.ts';
import { rollBack } from '../../core/registry/roll-back.ts';
import { endRollout, startRollout } from '../../core/registry/rollout.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';

/** What deliveries, trials and people do to what is in production. */
export type Operation =
  | { readonly kind: 'promote' | 'try' | 'end'; readonly version: number }
  | { readonly kind: 'roll back'; readonly to?: number; readonly from?: number };

export const VERSIONS = 6;
/** A moment of its own for each operation. */
export const at = (i: number): string => new Date(Date.UTC(2026, 1, 1) + i * 1000).toISOString();

/** Does an operation to the model "m". */
export function perform(models: ObjectStore, operation: Operation, time: string): Promise<unknown> {
  const place = { models, model: 'm', time };
  switch (operation.kind) {
    case 'promote':
      return promoteVersion({ ...place, version: operation.version });
    case 'try':
      return startRollout({ ...place, version: operation.version, mode: 'canary', percent: 10 });
    case 'end':
      return endRollout({ ...place, version: operation.version, reason: 'it was slow' });
    case 'roll back': {
      const { kind: _, ...where } = operation;
      return rollBack({ ...place, ...where, actor: 'local:ada', reason: 'it hurt' });
    }
  }
}
