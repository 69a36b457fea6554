import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';

const resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});

export interface Resource extends z.output<typeof resource> {
  readonly id: string;
}

/** All resources of a type, with their logical ids. */
export const resourcesOf = (template: Template, type: string): Resource[] =>
  Object.entries(template.findResources(type)).map(([id, found]) => ({ id, ...resource.parse(found) }));

/** The one resource of a type whose logical id starts so. */
export function resourceOf(template: Template, type: string, start: string): Resource {
  const found = resourcesOf(template, type).filter(({ id }) => id.startsWith(start));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${found.length} resources of ${type} start with ${start}`);
  }
  return only;
}

/** Text that a template builds, each reference in it as `<LogicalId>`; plain text as it is. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const parsed = z
    .union([
      z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
      z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
      z.strictObject({ 'Fn::ImportValue': z.string() }),
      z.strictObject({ Ref: z.string() }),
    ])
    .parse(value);
  if ('Fn::Join' in parsed) return parsed['Fn::Join'][1].map(textOf).join(parsed['Fn::Join'][0]);
  if ('Fn::GetAtt' in parsed) return `<${parsed['Fn::GetAtt'][0]}>`;
  return `<${'Ref' in parsed ? parsed.Ref : parsed['Fn::ImportValue']}>`;
}
