import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import * as z from 'zod';

/**
 * Tells security checks (cdk-nag's AwsSolutions rules) why a finding on a construct is meant to be so.
 * @param rule Without the name of the rule set, such as `SQS3`.
 */
export const acknowledge = (on: IConstruct, rule: string, reason: string): void =>
  Validations.of(on).acknowledge({ id: `AwsSolutions-${rule}`, reason });

/**
 * The same for a permission on a resource that ends in `*`. The checks name the resource as the template refers to it,
 * which is known when all stacks are: that is when constructs are validated.
 */
export function acknowledgeWildcard(on: IConstruct, resource: string, reason: string): void {
  on.node.addValidation({
    validate: () => {
      acknowledge(on, `IAM5[Resource::${inFindings(Stack.of(on).resolve(resource))}]`, reason);
      return [];
    },
  });
}

const reference = z.union([
  z.string(),
  z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
  z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
  z.strictObject({ 'Fn::ImportValue': z.string() }),
  z.strictObject({ Ref: z.string() }),
]);

/** A reference of a template in the words of the checks. */
function inFindings(value: unknown): string {
  const found = reference.parse(value);
  if (typeof found === 'string') return found;
  if ('Fn::Join' in found) return found['Fn::Join'][1].map(inFindings).join(found['Fn::Join'][0]);
  if ('Fn::GetAtt' in found) return `<${found['Fn::GetAtt'].join('.')}>`;
  return 'Ref' in found ? `<${found.Ref}>` : found['Fn::ImportValue'];
}
