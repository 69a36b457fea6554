import { paginateListBuckets, S3Client, S3ServiceException } from '@aws-sdk/client-s3';

/**
 * The buckets that earlier deployments have left behind, in a few words. Buckets stay when their stack is destroyed, and
 * CloudFormation begins the name of each with that of its stack, in lower case: so they are found whenever that was.
 * @param stack Name of the platform's stack.
 * @param inUse Names of the buckets of the stack as it is now; undefined where that is not known.
 */
export async function keptBuckets(stack: string, inUse: ReadonlySet<string> | undefined): Promise<string> {
  if (inUse === undefined) return 'not known as long as the stack cannot be read or is not settled';
  try {
    const kept = (await bucketsOf(stack)).filter(name => !inUse.has(name));
    if (kept.length === 0) return 'none';
    const urls = kept.map(name => `s3://${name}`).join(', ');
    return `${urls}, left by deployments that were destroyed; docs/deploy.md, "Changing and removing", says what to do with them`;
  } catch (error) {
    // Whoever works with what is deployed has no need of this right.
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403)
      return 'not known without the right to list buckets (s3:ListAllMyBuckets)';
    throw error;
  }
}

/** The buckets of this region whose names begin like that of a stack. */
async function bucketsOf(stack: string): Promise<string[]> {
  const client = new S3Client({});
  const which = { Prefix: `${stack.toLowerCase()}-`, BucketRegion: await client.config.region() };
  const names: string[] = [];
  for await (const { Buckets = [] } of paginateListBuckets({ client }, which))
    names.push(...Buckets.flatMap(({ Name }) => Name ?? []));
  return names;
}
