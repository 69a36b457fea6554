import type { Column } from '../../data/features/columns.ts';
import type { InputRows } from './input-rows.ts';
import type { RequestProblem } from './refusal.ts';

/** Computes the features of a version from the rows of requests. */
export interface FeatureSource extends AsyncDisposable {
  /** Columns of the base table that it looks at. */
  readonly needed: readonly string[];
  /** @throws RefusedRequest when they cannot be computed. */
  compute(input: InputRows, now: Date): Promise<ComputedFeatures>;
}

export interface ComputedFeatures {
  /** One per feature of the version, as the model sees them. */
  readonly columns: readonly Column[];
  readonly warnings: readonly RequestProblem[];
}
