/** An error of a service that a state called; `name` is what Retry and Catch match. */
export class TaskError extends Error {
  override readonly name: string;
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}
