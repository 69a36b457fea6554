/** An error of a service that a state called; `name` is what Retry and Catch match. */
export class TaskError extends Error {
  override readonly name: string;
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** Step Functions carries this many bytes from state to state. */
const LARGEST_PAYLOAD = 262_144;

/** What a state was given or gave is too large to be carried on; no Retry and no Catch helps, as on AWS. */
class DataLimitError extends TaskError {
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/** Throws States.DataLimitExceeded for what would be too large on AWS, so that it does not only show there. */
export function checkSize(payload: unknown, what: 'input' | 'output'): void {
  const bytes = Buffer.byteLength(JSON.stringify(payload) ?? '');
  if (bytes <= LARGEST_PAYLOAD) return;
  throw new DataLimitError(
    'States.DataLimitExceeded',
    `The ${what} of the task has ${bytes} bytes; allowed are ${LARGEST_PAYLOAD}.`,
  );
}
