import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type IRuleTarget, Match, Rule } from 'aws-cdk-lib/aws-events';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { ENVIRONMENT } from '../../core/telemetry/environment.ts';
import { acknowledgeWildcard } from '../acknowledge.ts';

/** Folders of a bucket (with their closing slash) that a function may read or write. */
export interface Access {
  /** Reading includes listing, without which S3 answers "forbidden" for an object that is not there. */
  readonly read?: readonly string[];
  readonly write?: readonly string[];
}

/** Which new objects an event rule is about: a prefix, or a pattern with `*` for any text. */
export type KeyFilter = { readonly prefix: string } | { readonly wildcard: string };

export interface ObjectBucketProps {
  /** The variable that tells a function where this bucket is. */
  readonly variable: keyof typeof ENVIRONMENT;
  /** Where S3 writes down who asked for what. */
  readonly accessLogs: IBucket;
  /**
   * Encrypts the objects.
   * @default a key of S3's own
   */
  readonly key?: IKey | undefined;
  /** Whether versions of objects can be kept from being deleted, and for how long they are. */
  readonly lock?: { readonly retention: Duration | undefined };
  /**
   * Folders whose objects are deleted a month after they were written.
   * @default none
   */
  readonly passing?: readonly string[];
}

/** A private bucket that is never emptied by accident: versioned, encrypted, TLS only, kept when its stack goes. */
export class ObjectBucket extends Construct {
  readonly bucket: Bucket;
  readonly #variable: string;

  constructor(
    scope: Construct,
    id: string,
    { variable, accessLogs, key, lock, passing = [] }: ObjectBucketProps,
  ) {
    super(scope, id);
    this.#variable = ENVIRONMENT[variable];
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      ...(key === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : // One data key for many objects: a hundredth of the calls that KMS charges for.
          { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }),
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: `${id.toLowerCase()}/`,
      ...(lock !== undefined && {
        objectLockEnabled: true,
        ...(lock.retention !== undefined && {
          objectLockDefaultRetention: ObjectLockRetention.governance(lock.retention),
        }),
      }),
      lifecycleRules: [
        {
          id: 'ForgetOldVersions',
          // A quarter to notice that an object was overwritten or deleted by mistake.
          noncurrentVersionExpiration: Duration.days(90),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
        ...passing.map(prefix => ({
          id: `Forget-${prefix}`,
          prefix,
          expiration: Duration.days(30),
          // Nobody misses what can be made again: what was deleted is gone the next day.
          noncurrentVersionExpiration: Duration.days(1),
        })),
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.#notifyEventBridge();
  }

  /** Lets a function use folders of this bucket, and tells it where the bucket is. */
  grantAccess(user: LambdaFunction, access: Access): void {
    user.addEnvironment(this.#variable, `s3://${this.bucket.bucketName}`);
    this.grantObjects(user, access);
  }

  /** Lets somebody use folders of this bucket. */
  grantObjects({ grantPrincipal }: IGrantable, { read = [], write = [] }: Access): void {
    const allow = (statement: PolicyStatement): unknown => grantPrincipal.addToPrincipalPolicy(statement);
    this.#grantKey(grantPrincipal, { read, write });
    if (Construct.isConstruct(grantPrincipal)) this.#acknowledgeFolders(grantPrincipal, [...read, ...write]);
    if (read.length > 0) {
      allow(
        new PolicyStatement({
          actions: ['s3:GetObject'],
          resources: read.map(folder => this.#objects(folder)),
        }),
      );
      allow(
        new PolicyStatement({
          actions: ['s3:ListBucket'],
          resources: [this.bucket.bucketArn],
          // "IfExists": S3 also asks for this permission, without a prefix, before it admits that an object is missing.
          conditions: { StringLikeIfExists: { 's3:prefix': read.map(folder => `${folder}*`) } },
        }),
      );
    }
    if (write.length > 0) {
      allow(
        new PolicyStatement({
          actions: ['s3:PutObject'],
          resources: write.map(folder => this.#objects(folder)),
        }),
      );
    }
  }

  /** Sends an event for every new object that the filter names to a target. */
  onObjectCreated(id: string, filter: KeyFilter, target: IRuleTarget): Rule {
    return new Rule(this, id, {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [this.bucket.bucketName] },
          object: { key: 'prefix' in filter ? Match.prefix(filter.prefix) : Match.wildcard(filter.wildcard) },
        },
      },
      targets: [target],
    });
  }

  #acknowledgeFolders(on: IConstruct, folders: readonly string[]): void {
    for (const folder of new Set(folders)) {
      acknowledgeWildcard(
        on,
        this.#objects(folder),
        `The objects of one folder: their names are not known beforehand, and nothing outside ${folder} is reached.`,
      );
    }
  }

  #grantKey(user: IGrantable, { read, write }: Required<Access>): void {
    if (read.length + write.length === 0) return;
    // Whoever writes an object in several parts must be able to read those.
    const actions = ['kms:Decrypt', ...(write.length > 0 ? ['kms:GenerateDataKey'] : [])];
    this.bucket.encryptionKey?.grant(user, ...actions);
  }

  #objects(folder: string): string {
    return this.bucket.arnForObjects(`${folder}*`);
  }

  /** By the resource's own property: the flag of `Bucket` would add a custom resource with a Python function. */
  #notifyEventBridge(): void {
    const { defaultChild } = this.bucket.node;
    if (!CfnBucket.isCfnBucket(defaultChild)) throw new TypeError('A bucket is made of a CfnBucket.');
    defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }
}
