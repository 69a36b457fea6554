import type { ExamplesRecord } from '../dataset/examples-record.ts';
import { withDuckDb } from '../duckdb.ts';
import { createEmptyTables } from './empty-tables.ts';
import { fromClause, operand } from './examples-query.ts';
import { kindOfType } from './feature-kind.ts';
import { featuresOf, type TabularSection } from './tabular-section.ts';

/** The features of a section without SQL problems, with their kinds, as its datasets will have them. */
export function featureKinds(section: TabularSection): Promise<ExamplesRecord['columns']['features']> {
  return withDuckDb({ paths: [], threads: 1 }, async connection => {
    const from = fromClause(section, await createEmptyTables(connection, section));
    const features = featuresOf(section.examples);
    const expressions = features.map(({ sql }) => operand(sql)).join(', ');
    const described = await connection.runAndReadAll(`DESCRIBE SELECT ${expressions} FROM ${from}`);
    const types = described.getRowsJS().map(([, type]) => String(type));
    return features.map(({ name }, i) => ({ name, kind: kindOfType(types[i] ?? '') ?? 'category' }));
  });
}
