import type { SampleFacts } from './column-facts.ts';

/** What every inferred spec begins with. */
export const headingFor = (tables: readonly SampleFacts[]): string[] => [
  'yaml-language-server: $schema=../schema/model.schema.json',
  `Inferred from ${tables.map(({ file }) => file).join(', ')}. Comments say why; everything is yours to change.`,
  'docs/spec.md explains every key.',
];

/** What it ends with: a sample does not tell who answers for a model. */
export const OWNERS = [
  'Who is told of quarantined files (data), degraded forecasts (model) and failed workflows (operations):',
  'owners: { data: data@example.com, model: science@example.com, operations: operations@example.com }',
];
