import type { JsonSchema } from '@telos/core';
import { z } from 'zod';
import { experimentSchema } from './experiment-schema.ts';

/** The form of experiment files as JSON Schema (draft 2020-12), for editors. */
export function experimentJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(experimentSchema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });
  // round trip: drops what is not plain JSON
  const plain = JSON.parse(JSON.stringify(schema)) as JsonSchema;
  return { ...plain, title: 'Telos experiment, version 1' };
}
