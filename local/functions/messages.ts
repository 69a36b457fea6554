import * as z from 'zod';

/** What the worker is started with. */
export const workerDataSchema = z.object({
  /** Directory of the function's code. */
  directory: z.string(),
  /** `module.export`, as in the template. */
  handler: z.string(),
  /** Begins the line that closes an invocation's output. */
  endOfOutput: z.string(),
});

export const invocationSchema = z.object({
  id: z.string(),
  /** JSON. */
  payload: z.string(),
  /** Milliseconds since the epoch, real time. */
  deadline: z.number(),
  context: z.object({
    functionName: z.string(),
    invokedFunctionArn: z.string(),
    memoryLimitInMB: z.string(),
  }),
});

export const failureSchema = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()),
});

export const answerSchema = z.union([
  /** JSON. */
  z.object({ result: z.string() }),
  /** `fatal`: the code could not even be loaded, so the worker is of no further use. */
  z.object({ failure: failureSchema, fatal: z.boolean() }),
]);

export type WorkerData = z.output<typeof workerDataSchema>;
export type InvocationMessage = z.output<typeof invocationSchema>;
export type Failure = z.output<typeof failureSchema>;
export type Answer = z.output<typeof answerSchema>;
