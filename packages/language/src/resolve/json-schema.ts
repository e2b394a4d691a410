/** JSON Schemas that a workflow writes down, or names as files. */
import type { Json, JsonSchema } from '@telos/core';
import { readSource } from '../read/read-source.ts';
import { isObject } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { holdsExpression } from './expressions.ts';
import { fileText } from './file-text.ts';
import type { Resolution } from './resolution.ts';

/** Reads a schema, or the path of one. What cannot be used is reported, and accepts everything. */
export function resolveSchema(written: Json, place: Place, resolution: Resolution): JsonSchema {
  return typeof written === 'string'
    ? schemaOfFile(written, place, resolution)
    : checkedSchema(written, place, resolution);
}

/** A schema that is kept as it is written: an expression in it would never be evaluated. */
export function literalSchema(written: Json, place: Place, resolution: Resolution): JsonSchema {
  if (holdsExpression(written)) {
    resolution.report({
      code: 'SCHEMA_INVALID',
      place,
      message: 'an expression in this schema would never be evaluated',
      hint: 'write the value itself',
    });
    return {};
  }
  return resolveSchema(written, place, resolution);
}

function checkedSchema(schema: Json, place: Place, resolution: Resolution): JsonSchema {
  const refuse = (message: string): JsonSchema => {
    resolution.report({ code: 'SCHEMA_INVALID', place, message });
    return {};
  };
  if (!isObject(schema)) return refuse('a JSON Schema is a map');
  try {
    resolution.schemas.issues(schema, null);
    return schema;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function schemaOfFile(path: string, place: Place, resolution: Resolution): JsonSchema {
  const text = fileText(path, place, resolution);
  if (text === undefined) return {};
  const source = readSource(text, path);
  const [fault] = source.faults;
  if (fault !== undefined) {
    const { line, column } = source.positionOf(fault.offset ?? source.offsetOf(fault.place, 'value'));
    resolution.report({ code: 'SCHEMA_INVALID', place, message: `${path}:${line}:${column} ${fault.message}` });
    return {};
  }
  return checkedSchema(source.value, place, resolution);
}
