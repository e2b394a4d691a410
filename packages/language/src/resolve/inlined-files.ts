/** Files that an `llm` step names become part of the program: prompts as text, schemas as JSON. */
import { TelosError } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';
import { readSource } from '../read/read-source.ts';
import { fieldOf, isList, isObject, objectField, textField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
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
    const at = [...place, 'output', 'schema'];
    inlined['output'] = {
      ...output,
      schema: typeof schema === 'string' ? schemaOf(schema, at, resolution) : checked(schema, at, resolution),
    };
  }
  return inlined;
}

/** Replaces every `{ file: path }` in a value by the file's text. */
function textOf(value: Json, place: Place, resolution: Resolution): Json {
  if (isList(value)) return value.map((item, index) => textOf(item, [...place, index], resolution));
  if (!isObject(value)) return value;
  const file = textField(value, 'file');
  if (file !== undefined && Object.keys(value).length === 1)
    return read(file, [...place, 'file'], resolution) ?? unread;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, textOf(item, [...place, key], resolution)]),
  );
}

function schemaOf(path: string, place: Place, resolution: Resolution): Json {
  const text = read(path, place, resolution);
  if (text === undefined) return {};
  const source = readSource(text, path);
  const [fault] = source.faults;
  if (fault !== undefined) {
    const { line, column } = source.positionOf(fault.offset ?? source.offsetOf(fault.place, 'value'));
    resolution.report({ code: 'SCHEMA_INVALID', place, message: `${path}:${line}:${column} ${fault.message}` });
    return {};
  }
  return checked(source.value, place, resolution);
}

/** Reports a schema that cannot be used. */
function checked(schema: Json, place: Place, resolution: Resolution): Json {
  if (!isObject(schema)) {
    resolution.report({ code: 'SCHEMA_INVALID', place, message: 'a JSON Schema is a map' });
    return {};
  }
  try {
    resolution.schemas.issues(schema, null);
    return schema;
  } catch (error) {
    resolution.report({
      code: 'SCHEMA_INVALID',
      place,
      message: error instanceof Error ? error.message : String(error),
    });
    return {};
  }
}

function read(path: string, place: Place, resolution: Resolution): string | undefined {
  const { readFile } = resolution.options;
  let text: string | undefined;
  try {
    text = readFile?.(path);
  } catch (error) {
    if (error instanceof TelosError) {
      resolution.report({ code: error.code, place, message: error.message, hint: error.next });
      return undefined;
    }
  }
  if (text !== undefined) return text;
  const message =
    readFile === undefined
      ? `files cannot be read here, so \`${path}\` cannot be used`
      : `the file \`${path}\` cannot be read`;
  const hint =
    readFile === undefined ? 'write the text into the workflow' : 'the path is relative to the workflow file';
  resolution.report({ code: 'FILE_MISSING', place, message, hint });
  return undefined;
}
