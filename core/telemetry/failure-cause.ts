import * as z from 'zod';

const lambdaError = z.object({ errorMessage: z.string() });

/** What Step Functions gives as the cause of a failed task, in plain words: Lambda wraps its message in JSON. */
export function plainCause(cause: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(cause);
  } catch {
    return cause;
  }
  const { data } = lambdaError.safeParse(parsed);
  return data?.errorMessage ?? cause;
}
