import * as z from 'zod';
import { specSchema } from './schema.ts';

/** Where the generated file lies, from the root of the project. */
export const JSON_SCHEMA_FILE = 'schema/model.schema.json';

/**
 * The JSON Schema of a spec as it is written (defaults may be left out), so that an editor completes it and marks
 * mistakes. What one field says of another is beyond JSON Schema: `check` finds that.
 */
export const specJsonSchema = (): Record<string, unknown> => {
  const { $schema, ...schema } = z.toJSONSchema(specSchema, { io: 'input' });
  return { $schema, $id: 'model.schema.json', title: 'Antei model spec', ...schema };
};

/** The text of the generated file. */
export const specJsonSchemaText = (): string => `${JSON.stringify(specJsonSchema(), null, 2)}\n`;
