import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { resourcesOf, textOf } from './template.ts';

const oneOrMore = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform(one => [one])]);

const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.literal('Allow'),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(z.unknown()).transform(all => all.map(textOf)),
  Condition: z.unknown().optional(),
});

const policy = z.object({
  PolicyDocument: z.object({ Statement: z.array(statement) }),
  Roles: z.tuple([z.object({ Ref: z.string() })]),
});

export interface Statement extends z.output<typeof statement> {
  /** Logical id of the role that has it. */
  readonly role: string;
}

/** What the roles of a template may do; references are `<LogicalId>`. Anything but plain permissions is an error. */
export const statementsOf = (template: Template): Statement[] =>
  resourcesOf(template, 'AWS::IAM::Policy')
    .map(({ Properties }) => policy.parse(Properties))
    .flatMap(({ PolicyDocument, Roles: [{ Ref }] }) =>
      PolicyDocument.Statement.map(found => ({ ...found, role: Ref })),
    );

const role = z.object({ Policies: z.array(policy.pick({ PolicyDocument: true })).default([]) });

/** The same of policies that are written inside a role: those of services that act for us. */
export const inlineStatementsOf = (template: Template): Statement[] =>
  resourcesOf(template, 'AWS::IAM::Role').flatMap(({ id, Properties }) =>
    role
      .parse(Properties)
      .Policies.flatMap(({ PolicyDocument }) =>
        PolicyDocument.Statement.map(found => ({ ...found, role: id })),
      ),
  );

const listing = z.strictObject({
  StringLikeIfExists: z.strictObject({ 's3:prefix': z.array(z.string().regex(/(\/|[.]json)[*]$/)) }),
});

/** The folders whose content a statement lets list. */
export const listedFolders = ({ Condition }: Statement): string[] =>
  listing.parse(Condition).StringLikeIfExists['s3:prefix'].map(pattern => pattern.slice(0, -1));
