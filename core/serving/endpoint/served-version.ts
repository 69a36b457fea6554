import type { VersionRecord } from '../../registry/versions.ts';
import type { BoundName } from '../prediction-bounds.ts';
import type { AskedRows } from './asked-rows.ts';
import type { Inputs } from './input-rows.ts';
import type { RequestProblem } from './refusal.ts';

/** What a version says of one row, in the terms of the prediction log. */
export interface RowAnswer {
  /** Values that name the example: of `examples.id`, or of the series and the time. */
  readonly id: Readonly<Record<string, string | number | boolean | null>>;
  /** As the model saw them. */
  readonly features: Readonly<Record<string, string | number | null>>;
  readonly prediction: number | string | null;
  /** By class, of a classification. */
  readonly probabilities?: Readonly<Record<string, number | null>>;
  /** `lower_80` and the like, where the version has intervals. */
  readonly bounds: Readonly<Partial<Record<BoundName, number | null>>>;
}

export interface Answers {
  /** One per row of the request. */
  readonly rows: readonly RowAnswer[];
  readonly warnings: readonly RequestProblem[];
}

/** A version that is ready to answer. */
export interface ServedVersion extends AsyncDisposable {
  readonly record: VersionRecord;
  readonly inputs: Inputs;
  /**
   * @param now Decides whether what the answers rest on (joined tables, forecasts) is looked at again.
   * @throws RefusedRequest when the rows are not as the version needs them.
   */
  answer(asked: AskedRows, now: Date): Promise<Answers>;
}
