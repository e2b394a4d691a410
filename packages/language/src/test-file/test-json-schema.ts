import type { JsonSchema } from '@telos/core';
import { z } from 'zod';
import { testSchema } from './test-schema.ts';

/** The form of test files as JSON Schema (draft 2020-12), for editors. */
export function testJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(testSchema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });
  // round trip: drops what is not plain JSON
  const plain = JSON.parse(JSON.stringify(schema)) as JsonSchema;
  return { ...plain, title: 'Telos test, version 1' };
}
