import type { Spec } from './schema.ts';

/** Who answers for a part of a model's life. */
export const OWNER_ROLES = [
  'data',
  'model',
  'operations',
] as const satisfies readonly (keyof Spec['owners'])[];

export type OwnerRole = (typeof OWNER_ROLES)[number];
