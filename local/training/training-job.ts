import * as z from 'zod';

/** `s3://<bucket>/<key>`. */
const s3Uri = z
  .string()
  .regex(/^s3:\/\/[^/]+\/.+$/, 'allowed: s3://bucket/key')
  .transform(uri => {
    const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
    return { bucket, key };
  });

const channel = z.strictObject({
  ChannelName: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  ContentType: z.literal('text/csv').optional(),
  InputMode: z.literal('File').optional(),
  DataSource: z.strictObject({
    S3DataSource: z.strictObject({
      S3DataType: z.literal('S3Prefix'),
      S3DataDistributionType: z.literal('FullyReplicated').optional(),
      S3Uri: s3Uri,
    }),
  }),
});

/**
 * The parameters of CreateTrainingJob that the embedded cloud knows, and what it makes of them. Role, machine and
 * network make no difference here. A variable that does not begin with SM_ is refused: it could change how programs run.
 */
export const trainingJobSchema = z
  .strictObject({
    TrainingJobName: z.string().regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/),
    AlgorithmSpecification: z.strictObject({
      TrainingImage: z.string().max(255),
      TrainingInputMode: z.literal('File'),
      ContainerEntrypoint: z.array(z.string().max(256)).min(1).max(100),
    }),
    HyperParameters: z.record(z.string().max(256), z.string().max(2500)).default({}),
    Environment: z.record(z.string().regex(/^SM_\w{1,509}$/), z.string().max(512)).default({}),
    InputDataConfig: z.array(channel).min(1).max(20),
    OutputDataConfig: z.strictObject({ S3OutputPath: s3Uri }),
    StoppingCondition: z.strictObject({ MaxRuntimeInSeconds: z.int().min(1).max(2_419_200) }),
    RoleArn: z.string(),
    ResourceConfig: z.unknown(),
    EnableNetworkIsolation: z.boolean().optional(),
  })
  .transform(parameters => ({
    name: parameters.TrainingJobName,
    image: parameters.AlgorithmSpecification.TrainingImage,
    command: parameters.AlgorithmSpecification.ContainerEntrypoint,
    hyperparameters: parameters.HyperParameters,
    variables: parameters.Environment,
    channels: parameters.InputDataConfig.map(({ ChannelName, DataSource }) => ({
      name: ChannelName,
      ...DataSource.S3DataSource.S3Uri,
    })),
    output: parameters.OutputDataConfig.S3OutputPath,
    seconds: parameters.StoppingCondition.MaxRuntimeInSeconds,
  }));

export type TrainingJob = z.output<typeof trainingJobSchema>;
