import { z } from 'zod';
import type { AnyTool, JsonObject } from '@telos/core';

export type ToolJsonSchemas = { readonly input: JsonObject; readonly output: JsonObject };

/** A tool's input and output as JSON Schemas (draft 2020-12), for lists, editors, models and MCP clients. */
export function toolJsonSchemas(tool: AnyTool): ToolJsonSchemas {
  return { input: schemaOf(tool.input, 'input'), output: schemaOf(tool.output, 'output') };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  // A JSON Schema is JSON; a round trip also drops zod's own symbols and undefined fields.
  return JSON.parse(JSON.stringify(rest)) as JsonObject;
}
