import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { command } from './command.ts';
import { type Deployed, eventually } from './deployed.ts';

const KEYS = 'AWS::KMS::Key';

const template = z.object({
  TemplateBody: z.object({
    Resources: z.record(
      z.string(),
      z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
    ),
  }),
});
const encrypted = z.object({
  BucketEncryption: z.object({
    ServerSideEncryptionConfiguration: z.tuple([
      z.object({
        BucketKeyEnabled: z.boolean(),
        ServerSideEncryptionByDefault: z.object({
          SSEAlgorithm: z.string(),
          KMSMasterKeyID: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
        }),
      }),
    ]),
  }),
  ObjectLockConfiguration: z.unknown().optional(),
});
const resource = z.object({ StackResourceDetail: z.object({ PhysicalResourceId: z.string() }) });
const versions = z.object({ Versions: z.array(z.object({ Key: z.string(), VersionId: z.string() })) });

/**
 * A second deployment in an account that has one, with every option of security. The emulator keeps neither encryption
 * nor lock of a template's bucket, so the test sets both as the deployed template says; from then on it knows them.
 * @param open The second deployment, the first, and a file to upload.
 */
export function otherEnvironment(
  open: () => { readonly strict: Deployed; readonly first: Deployed; readonly file: string },
): void {
  describe('another environment of the account', () => {
    let strict: Deployed;
    let key = '';

    beforeAll(async () => {
      ({ strict } = open());
      await strict.deploy();
      key = await applyTemplate(strict);
    });

    test('has names of its own', async () => {
      const named = z.object({
        stateMachines: z.array(z.object({ name: z.string() })),
      });
      const { stateMachines } = named.parse(await strict.aws('stepfunctions', 'list-state-machines'));
      const workflows = ['delivery', 'monitoring', 'prediction', 'remediation'];
      expect(stateMachines.map(({ name }) => name).sort()).toEqual(
        [...workflows.map(name => `antei-${name}`), ...workflows.map(name => `antei_strict-${name}`)].sort(),
      );
    });

    test('has buckets that keep every version, and let nobody in', async () => {
      const { data, models } = await strict.buckets();
      for (const bucket of [data, models]) {
        const of = (question: string) => strict.aws('s3api', question, '--bucket', bucket);
        expect(await of('get-bucket-versioning')).toMatchObject({ Status: 'Enabled' });
        expect(await of('get-public-access-block')).toEqual({
          PublicAccessBlockConfiguration: {
            ...{ BlockPublicAcls: true, IgnorePublicAcls: true },
            ...{ BlockPublicPolicy: true, RestrictPublicBuckets: true },
          },
        });
        const { Policy } = z.object({ Policy: z.string() }).parse(await of('get-bucket-policy'));
        expect(Policy).toContain('"aws:SecureTransport": "false"');
      }
    });

    test('does its work encrypted and locked, and the first does not notice', async () => {
      const { first, file } = open();
      const before = await first.antei('events', 'shop');
      const { data, models } = await strict.buckets();
      await strict.run('aws', 's3', 'cp', file, `s3://${data}/incoming/shop/sales/sales.csv`);
      await eventually('the question whether to approve', async () => {
        const { events } = await strict.antei('events', 'shop');
        return events.find(({ kind }: { kind: string }) => kind === 'approval-requested');
      });
      expect(await first.antei('events', 'shop')).toEqual(before);

      const { Versions } = versions.parse(
        await strict.aws('s3api', 'list-object-versions', '--bucket', models, '--prefix', 'events/shop/'),
      );
      expect(Versions.length).toBeGreaterThan(3);
      const [{ Key, VersionId } = { Key: '', VersionId: '' }] = Versions;
      const event = ['--bucket', models, '--key', Key, '--version-id', VersionId];
      const there = await strict.aws('s3api', 'head-object', ...event);
      expect(there).toMatchObject({
        ...{ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key, ObjectLockMode: 'GOVERNANCE' },
      });
      const refused = await command('aws', ['s3api', 'delete-object', ...event], {
        env: strict.account.environment,
      });
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain('AccessDenied');
      expect(await strict.aws('s3api', 'head-object', ...event)).toEqual(there);
    });
  });
}

/** Sets encryption and lock of both buckets as the deployed template says. Returns the ARN of the buckets' key. */
async function applyTemplate(deployed: Deployed): Promise<string> {
  const stack = ['--stack-name', deployed.names.platformStack];
  const { TemplateBody } = template.parse(await deployed.aws('cloudformation', 'get-template', ...stack));
  const { data, models } = await deployed.buckets();
  const idOf = async (logicalId: string): Promise<string> =>
    resource.parse(
      await deployed.aws(
        ...['cloudformation', 'describe-stack-resource', ...stack, '--logical-resource-id', logicalId],
      ),
    ).StackResourceDetail.PhysicalResourceId;
  const arns = new Set<string>();
  for (const [logicalId, { Type, Properties }] of Object.entries(TemplateBody.Resources)) {
    if (Type !== 'AWS::S3::Bucket' || logicalId.startsWith('AccessLogs')) continue;
    const bucket = ['--bucket', await idOf(logicalId)];
    expect([data, models]).toContain(bucket[1]);
    const { BucketEncryption, ObjectLockConfiguration } = encrypted.parse(Properties);
    const [{ BucketKeyEnabled, ServerSideEncryptionByDefault }] =
      BucketEncryption.ServerSideEncryptionConfiguration;
    const [keyId] = ServerSideEncryptionByDefault.KMSMasterKeyID['Fn::GetAtt'];
    expect(TemplateBody.Resources[keyId]?.Type).toBe(KEYS);
    const { KeyMetadata } = z
      .object({ KeyMetadata: z.object({ Arn: z.string() }) })
      .parse(await deployed.aws('kms', 'describe-key', '--key-id', await idOf(keyId)));
    arns.add(KeyMetadata.Arn);
    const rule = {
      BucketKeyEnabled,
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: ServerSideEncryptionByDefault.SSEAlgorithm,
        KMSMasterKeyID: KeyMetadata.Arn,
      },
    };
    await deployed.aws(
      ...['s3api', 'put-bucket-encryption', ...bucket, '--server-side-encryption-configuration'],
      JSON.stringify({ Rules: [rule] }),
    );
    if (ObjectLockConfiguration === undefined) continue;
    await deployed.aws(
      ...['s3api', 'put-object-lock-configuration', ...bucket, '--object-lock-configuration'],
      JSON.stringify(ObjectLockConfiguration),
    );
  }
  const [arn = '', ...others] = arns;
  expect(others).toEqual([]);
  return arn;
}
