/** What a failed task leaves behind. `final`: no Retry and no Catch helps. */
export interface TaskFailure {
  readonly name: string;
  readonly cause: string;
  readonly final: boolean;
}

/** An error of a task; `name` is what Retry and Catch match. The interpreter reads the two flags. */
export class TaskError extends Error {
  override readonly name: string;
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string, final = false) {
    super(cause);
    this.name = name;
    this.isRetryable = !final;
    this.isCatchable = !final;
  }

  static from({ name, cause, final }: TaskFailure): TaskError {
    return new TaskError(name, cause, final);
  }

  static describe(error: Error): TaskFailure {
    return {
      name: error.name,
      cause: error.message,
      final: error instanceof TaskError && !error.isCatchable,
    };
  }
}

/** Step Functions carries this many bytes from state to state. */
const LARGEST_PAYLOAD = 262_144;

/** Throws States.DataLimitExceeded, which is final as on AWS, so that what is too large does not only show there. */
export function checkSize(payload: unknown, what: 'input' | 'output'): void {
  const bytes = Buffer.byteLength(JSON.stringify(payload) ?? '');
  if (bytes <= LARGEST_PAYLOAD) return;
  throw new TaskError(
    'States.DataLimitExceeded',
    `The ${what} of the task has ${bytes} bytes; allowed are ${LARGEST_PAYLOAD}.`,
    true,
  );
}
