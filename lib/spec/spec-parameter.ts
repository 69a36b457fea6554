import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { PACKED_LIMIT, packSpec } from '../../core/spec/packed-spec.ts';
import type { Spec } from '../../core/spec/schema.ts';
import { SpecError } from '../../core/telemetry/errors.ts';
import { namesIn } from '../names.ts';

/** Deploys a spec to where the workflows read it. Throws SpecError when the packed spec is too long. */
export function specParameter(scope: Construct, id: string, spec: Spec): StringParameter {
  const packed = packSpec(spec);
  if (packed.length > PACKED_LIMIT) {
    throw new SpecError([
      `models/${spec.name}.yaml: the packed spec has ${packed.length} characters; at most ${PACKED_LIMIT} can be ` +
        'deployed. Shorten the longest lists or SQL, or split the model in two.',
    ]);
  }
  return new StringParameter(scope, id, {
    parameterName: namesIn(scope).specParameter(spec.name),
    description: `Antei: the spec of ${spec.name}, packed`,
    stringValue: packed,
    // Above 4096 characters AWS charges for the parameter; a short spec stays free.
    tier: ParameterTier.INTELLIGENT_TIERING,
  });
}
