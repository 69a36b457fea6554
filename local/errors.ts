import { AnteiError } from '../core/telemetry/errors.ts';

/** A template asks for something that the embedded cloud does not do. One line per thing: place, found, allowed. */
export class UnsupportedError extends AnteiError {
  override readonly name = 'UnsupportedError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The state directory cannot be used. */
export class StateDirectoryError extends AnteiError {
  override readonly name = 'StateDirectoryError';
}

/** A call on the embedded cloud names something that is not in the template. */
export class UnknownResourceError extends AnteiError {
  override readonly name = 'UnknownResourceError';
}
