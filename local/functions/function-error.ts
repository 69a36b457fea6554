import type { Failure } from './messages.ts';

/** How an invocation failed, as callers of Lambda see it: `name` is what Step Functions matches. */
export class FunctionError extends Error {
  override readonly name: string;

  /** @param failure What Lambda answers; as JSON it is the Cause in a state machine. */
  constructor(failure: Failure) {
    super(JSON.stringify(failure));
    this.name = failure.errorType;
  }
}
