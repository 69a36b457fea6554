import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { JSON_SCHEMA_FILE, specJsonSchema, specJsonSchemaText } from '../../../core/spec/json-schema.ts';
import { TASKS } from '../../../core/spec/metrics.ts';
import { keysOf } from '../../support/schema-keys.ts';

describe('the JSON Schema of a spec', () => {
  test('is current in the repository; `npm run schema` writes it', () => {
    expect(readFileSync(JSON_SCHEMA_FILE, 'utf8')).toBe(specJsonSchemaText());
  });

  test('asks for what has no default, and for nothing else', () => {
    expect(specJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'model.schema.json',
      title: 'Antei model spec',
      oneOf: TASKS.map(task => ({
        additionalProperties: false,
        required: expect.arrayContaining(['name', 'task', 'tables']),
        properties: {
          task: { const: task },
          stage: { default: 'production', enum: ['data', 'experiments', 'production'] },
          tables: { $ref: '#/$defs/tables' },
        },
      })),
      $defs: {
        tables: { additionalProperties: { required: ['columns'], additionalProperties: false } },
      },
    });
    expect(JSON.stringify(specJsonSchema())).not.toMatch(/"required":\[[^\]]*"stage"/);
  });

  test('says what every key means, for editors show that', () => {
    const silent = keysOf(specJsonSchema()).filter(({ description }) => description === undefined);
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test('knows how durations are written', () => {
    expect(specJsonSchema()).toHaveProperty(
      'oneOf.0.properties.split.properties.test.pattern',
      String.raw`^([1-9]\d{0,5}) (minute|hour|day|week|month|year)s?$`,
    );
  });
});
