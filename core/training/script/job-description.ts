import * as z from 'zod';

/** What DescribeTrainingJob says of how a job is going, as far as it matters here. */
export const jobDescriptionSchema = z.object({
  TrainingJobName: z.string(),
  TrainingJobStatus: z.enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped']),
  SecondaryStatus: z.string(),
  FailureReason: z.string().optional(),
  TrainingTimeInSeconds: z.number().optional(),
});

export type JobDescription = z.output<typeof jobDescriptionSchema>;

/** FailureReason begins with this when it was the program that failed. */
export const SCRIPT_FAILED = 'AlgorithmError';

/** SecondaryStatus of a job whose time was over. */
export const OUT_OF_TIME = 'MaxRuntimeExceeded';
