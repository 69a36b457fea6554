import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { departures, synthesize } from '../support/synthesize.ts';

const tabular = { ...departures, name: 'others' };
const strict = { kms: 'true', lock: '30', uploads: '5', operations: 'ops@example.com', env: 'dev' };

test.each([
  ['as it is by default', {}],
  ['with every option', strict],
])('AwsSolutions finds nothing in the app %s', (_, context) => {
  const { app } = synthesize([departures, tabular], context);
  const { violations } = new AwsSolutionsChecks().validateScope(app);
  expect(
    violations.map(({ ruleName, violatingResources }) => [
      ruleName,
      violatingResources.map(({ constructPath }) => constructPath),
    ]),
  ).toEqual([]);
});

test('it would find a bucket without access logs: the check is at work', () => {
  const { app } = synthesize();
  const bucket = app.node.findChild('AnteiPlatform').node.findChild('Data').node.findChild('Bucket');
  const { defaultChild } = bucket.node;
  z.object({ loggingConfiguration: z.unknown() }).parse(defaultChild);
  Object.assign(defaultChild ?? {}, { loggingConfiguration: undefined });
  const { violations } = new AwsSolutionsChecks().validateScope(app);
  expect(violations.map(({ ruleName }) => ruleName)).toEqual(['AwsSolutions-S1']);
});

test('two rules are set aside, each time with a reason: wildcards of permissions, and the queue that is itself the last', () => {
  const { app } = synthesize();
  const acknowledged = app.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(z.record(z.string(), z.string()).parse(data)));
  const rules = acknowledged.map(([id]) => id.replace(/^Annotation::/i, '').replace(/\[.*$/s, ''));
  expect(new Set(rules)).toEqual(new Set(['AwsSolutions-IAM5', 'AwsSolutions-SQS3']));
  expect(acknowledged.filter(([, reason]) => reason.split(' ').length < 8)).toEqual([]);
});
