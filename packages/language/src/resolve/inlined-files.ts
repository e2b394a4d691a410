/** Files that an `llm` step names become part of the program: prompts as text, schemas as JSON. */
import type { Json, JsonObject } from '@telos/core';
import { fieldOf, isList, isObject, objectField, textField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { fileText } from './file-text.ts';
import { resolveSchema } from './json-schema.ts';
import type { Resolution } from './resolution.ts';

/** Stands in for what could not be read, so that nothing else complains about it. */
const unread = '(unread)';

export function withFiles(parameters: JsonObject, place: Place, resolution: Resolution): JsonObject {
  const inlined: { [key: string]: Json } = { ...parameters };
  for (const key of ['prompt', 'system']) {
    const written = fieldOf(parameters, key);
    if (written !== undefined) inlined[key] = textOf(written, [...place, key], resolution);
  }
  const output = objectField(parameters, 'output');
  const schema = fieldOf(output, 'schema');
  if (output !== undefined && schema !== undefined) {
    inlined['output'] = { ...output, schema: resolveSchema(schema, [...place, 'output', 'schema'], resolution) };
  }
  return inlined;
}

/** Replaces every `{ file: path }` in a value by the file's text. */
function textOf(value: Json, place: Place, resolution: Resolution): Json {
  if (isList(value)) return value.map((item, index) => textOf(item, [...place, index], resolution));
  if (!isObject(value)) return value;
  const file = textField(value, 'file');
  if (file !== undefined && Object.keys(value).length === 1)
    return fileText(file, [...place, 'file'], resolution) ?? unread;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, textOf(item, [...place, key], resolution)]),
  );
}
