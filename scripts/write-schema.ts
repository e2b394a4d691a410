/** Writes the schemas that editors read, from the language's own definitions. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { experimentJsonSchema, testJsonSchema, workflowJsonSchema } from '@telos/language';

const folder = new URL('../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
const schemas = { workflow: workflowJsonSchema(), experiment: experimentJsonSchema(), test: testJsonSchema() };
for (const [name, schema] of Object.entries(schemas))
  writeFileSync(new URL(`${name}.v1.json`, folder), `${JSON.stringify(schema, null, 2)}\n`);
