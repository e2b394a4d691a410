/** Writes schema/workflow.v1.json, which editors read, from the language's own definitions. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { workflowJsonSchema } from '@telos/language';

const folder = new URL('../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('workflow.v1.json', folder), `${JSON.stringify(workflowJsonSchema(), null, 2)}\n`);
