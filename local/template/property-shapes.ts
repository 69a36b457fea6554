import * as z from 'zod';

/** A property that makes no difference on a laptop: encryption, access, tags, retention and the like. */
export const inert = z.unknown().optional();
/** Names that also name files and directories of the state. */
export const pathName = z.string().regex(/^[A-Za-z0-9_-]{1,80}$/, 'allowed: letters, digits, - and _');
export const count = z.coerce.number().int();

export const code = z.union([
  z.strictObject({ S3Bucket: inert, S3Key: z.string(), S3ObjectVersion: inert }),
  z.strictObject({ ZipFile: z.string() }),
]);

/** EventBridge's own limits on retries and its dead letter queue never come into play: a local start cannot fail. */
export const ruleTarget = z.strictObject({
  Id: z.string(),
  Arn: z.string(),
  RoleArn: inert,
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .strictObject({ InputPathsMap: z.record(z.string(), z.string()).default({}), InputTemplate: z.string() })
    .optional(),
  DeadLetterConfig: inert,
  RetryPolicy: inert,
});

export const actions = {
  ActionsEnabled: z.boolean().default(true),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
  InsufficientDataActions: z.array(z.string()).default([]),
};

export const dimensions = z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]);

export type RuleTarget = z.output<typeof ruleTarget>;
