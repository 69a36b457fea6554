/**
 * Base of every error that a step raises on purpose. `name` is what Step Functions matches in Retry and Catch, so
 * it is set by hand: class names do not survive minification.
 */
export abstract class AnteiError extends Error {
  abstract override readonly name: string;
}

/** The input of a step does not have the shape that the step declares: a defect of the workflow, never of data. */
export class InvalidInputError extends AnteiError {
  override readonly name = 'InvalidInputError';
}

/** A model spec is wrong. `problems` has one line per mistake: place, what was found, what is allowed. */
export class SpecError extends AnteiError {
  override readonly name = 'SpecError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Sample files do not show what a spec needs. */
export class InferenceError extends AnteiError {
  override readonly name = 'InferenceError';
}

/** An object that must be there is not. */
export class ObjectNotFoundError extends AnteiError {
  override readonly name = 'ObjectNotFoundError';
  constructor(url: string, key: string) {
    super(`There is no object "${key}" in ${url}.`);
  }
}

/** A key cannot be stored by this backend. */
export class ObjectKeyError extends AnteiError {
  override readonly name = 'ObjectKeyError';
}

/** What was asked of a quarantined file cannot be done: there is none such, or nothing about it can be released. */
export class QuarantineError extends AnteiError {
  override readonly name = 'QuarantineError';
}

/** Accepted data is too little, or of the wrong shape, to build a dataset from. */
export class DatasetError extends AnteiError {
  override readonly name = 'DatasetError';
}

/** A dataset would let training see what it is tested on, or a feature see what came after its example. */
export class LeakageError extends AnteiError {
  override readonly name = 'LeakageError';
}

/** A candidate cannot be trained as the spec asks. Its run records it; the workflow goes on with the others. */
export class TrainingError extends AnteiError {
  override readonly name = 'TrainingError';
}

/**
 * A training job did not run, or not to its end, for a reason that lies outside the script: no capacity, a limit of the
 * account, no such image. Its run records it, and the next delivery tries again.
 */
export class TrainingJobError extends AnteiError {
  static readonly NAME = 'TrainingJobError';
  override readonly name = TrainingJobError.NAME;
}

/** Bytes are no model, or one of another format version, or not whole. */
export class ModelFormatError extends AnteiError {
  override readonly name = 'ModelFormatError';
}

/** Somebody named a run or version that there is not, or that could be several. */
export class NoSuchRunError extends AnteiError {
  override readonly name = 'NoSuchRunError';
}

/** No candidate could be trained, so there is nothing to evaluate. */
export class NoCandidateError extends AnteiError {
  override readonly name = 'NoCandidateError';
}

/** A version that should wait for approval was decided already: by a repeated delivery of the same upload. */
export class ApprovalDecidedError extends AnteiError {
  override readonly name = 'ApprovalDecidedError';
}

/** What was asked of a version's approval cannot be done. */
export class ApprovalError extends AnteiError {
  override readonly name = 'ApprovalError';
}

/** A prediction cannot be made from what was asked. */
export class PredictionError extends AnteiError {
  override readonly name = 'PredictionError';
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
