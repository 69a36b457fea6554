import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import * as z from 'zod';
import type { PlatformStackProps } from './platform/platform-stack.ts';

/** The context that `cdk -c name=value` gives, as text; a cdk.json may also have other types. */
const settings = z.object({
  kms: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
  // S3 allows a hundred years.
  lock: z.coerce.number().int().min(1).max(36_500).optional(),
  uploads: z.coerce.number().int().min(1).max(1000).optional(),
  operations: z.email().optional(),
});

type Settings = Pick<PlatformStackProps, 'ownKey' | 'retention' | 'uploadsAtOnce' | 'operations'>;

/**
 * The platform's options from the context: `-c kms=true`, `-c lock=DAYS`, `-c uploads=NUMBER`, `-c operations=MAIL`.
 * Throws RangeError for a value that is not allowed.
 */
export function settingsIn({ node }: IConstruct): Settings {
  const given = Object.keys(settings.shape).flatMap(name => {
    const value: unknown = node.tryGetContext(name);
    return value === undefined ? [] : [[name, String(value)]];
  });
  const { data, error } = settings.safeParse(Object.fromEntries(given));
  if (error !== undefined) {
    const problems = error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `-c ${name}=${node.tryGetContext(name)}: ${message}`;
    });
    throw new RangeError(`${problems.join('; ')}. See docs/deploy.md, "Options".`);
  }
  const { kms, lock, uploads, operations } = data;
  return {
    ...(kms !== undefined && { ownKey: kms }),
    ...(lock !== undefined && { retention: Duration.days(lock) }),
    ...(uploads !== undefined && { uploadsAtOnce: uploads }),
    ...(operations !== undefined && { operations }),
  };
}
