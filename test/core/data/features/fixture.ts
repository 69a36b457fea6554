import type { DuckDBConnection } from '@duckdb/node-api';
import type { Relations } from '../../../../core/data/features/examples-query.ts';
import type { TabularSection } from '../../../../core/data/features/tabular-section.ts';
import { identifier, literal } from '../../../../core/data/quote.ts';
import { exampleSplitSchema, examplesSchema } from '../../../../core/spec/examples.ts';
import { specSchema } from '../../../../core/spec/schema.ts';

const TABLES = {
  flights: {
    time: 'date',
    columns: {
      date: { type: 'timestamp' },
      origin: { type: 'string' },
      distance: { type: 'integer' },
      delay: { type: 'integer' },
    },
  },
  airports: { mode: 'replace', columns: { iata: { type: 'string' }, state: { type: 'string' } } },
  weather: {
    time: 'measured',
    columns: { airport: { type: 'string' }, measured: { type: 'timestamp' }, wind: { type: 'number' } },
  },
};

/** Sections about flights, with parts of `examples` or `split` replaced. */
export function flightsSection(
  examples: Record<string, unknown> = {},
  split: Record<string, unknown> = { by: 'time', validation: '1 day', test: '1 day' },
  task: TabularSection['task'] = 'classification',
): TabularSection {
  const { tables } = specSchema.parse({
    ...{ name: 'late', task: 'forecasting', tables: TABLES, horizon: 1 },
    series: { table: 'flights', time: 'date', every: '1 day', value: 'count(*)' },
  });
  return {
    task,
    tables,
    examples: examplesSchema.parse({
      base: 'flights',
      id: ['date', 'origin'],
      features: { hour: 'hour(flights.date)', distance: 'flights.distance' },
      target: 'flights.delay > 15',
      ...examples,
    }),
    split: exampleSplitSchema.parse(split),
  };
}

export type Row = readonly (string | number | null)[];

const cell = (value: string | number | null): string =>
  value === null ? 'NULL' : typeof value === 'number' ? String(value) : literal(value);

const TYPES: Readonly<Record<string, string>> = {
  ...{ string: 'VARCHAR', integer: 'BIGINT', number: 'DOUBLE', timestamp: 'TIMESTAMP' },
};

/** Tables of a section with these rows, each in the order of the contract's columns. */
export async function createTables(
  connection: DuckDBConnection,
  { tables }: TabularSection,
  rows: Readonly<Record<string, readonly Row[]>>,
): Promise<Relations> {
  for (const [name, { columns }] of Object.entries(tables)) {
    const list = Object.entries(columns).map(([column, { type }]) => `${identifier(column)} ${TYPES[type]}`);
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${identifier(name)} (${list.join(', ')})`);
    const values = (rows[name] ?? []).map(row => `(${row.map(cell).join(', ')})`);
    if (values.length > 0)
      await connection.run(`INSERT INTO ${identifier(name)} VALUES ${values.join(', ')}`);
  }
  return Object.fromEntries(Object.keys(tables).map(name => [name, identifier(name)]));
}
