import { writeFileSync } from 'node:fs';
import { JSON_SCHEMA_FILE, specJsonSchemaText } from '../core/spec/json-schema.ts';

writeFileSync(JSON_SCHEMA_FILE, specJsonSchemaText());
