import { JsonPath } from 'aws-cdk-lib/aws-stepfunctions';
import type { z } from 'zod';
import type { StepName, steps } from '../../core/workflow/steps.ts';

/** The very fields of a step's contract, each a path of the state or a text as it is. */
type StepPayload<S extends StepName> = { readonly [K in keyof z.input<(typeof steps)[S]['input']>]: string };

/** A payload, or a map's item, as Step Functions fills it in. */
export const fields = (payload: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(payload).map(([key, value]) => [
      key,
      /^\$[.$]/.test(value) ? JsonPath.stringAt(value) : value,
    ]),
  );

/** What a task's step is asked, and where its answer goes. */
export interface TaskProps<S extends StepName> {
  readonly step: S;
  /** @default the whole state, of which the step takes the fields that it knows */
  readonly payload?: StepPayload<S>;
  /** @default the answer replaces the state */
  readonly resultPath?: string;
}
