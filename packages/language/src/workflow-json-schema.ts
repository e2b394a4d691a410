import type { JsonSchema } from '@telos/core';
import { z } from 'zod';
import { documentSchema } from './document/document-schema.ts';

/** The language as JSON Schema (draft 2020-12), for editors: completion, descriptions, red lines. */
export function workflowJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(documentSchema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });
  // round trip: drops what is not plain JSON
  const plain = JSON.parse(JSON.stringify(schema)) as JsonSchema;
  return { ...plain, title: 'Telos workflow, version 1' };
}
