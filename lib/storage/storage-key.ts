import { RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** A key for the buckets. It stays when its stack goes, as they do: without it, nothing in them can be read. */
export const storageKey = (scope: Construct, id: string): Key =>
  new Key(scope, id, {
    description: 'Antei: data and models',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
