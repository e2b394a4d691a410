import { anyJsonObject, TelosError } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';
import { readTextFile } from '../inputs/text-file.ts';

/**
 * Reads `--with name=value` (JSON where it is JSON, else text; `a.b=` for a
 * field within a field) and `--with file.json`; what comes later wins.
 *
 * @throws TelosError USAGE, FILE_UNREADABLE
 */
export function readParams(given: readonly string[], folder: string): JsonObject {
  let params: JsonObject = {};
  for (const part of given) {
    const equals = part.indexOf('=');
    params =
      equals > 0
        ? placed(params, part.slice(0, equals).split('.'), valueOf(part.slice(equals + 1)))
        : { ...params, ...fileOf(part, folder) };
  }
  return params;
}

function placed(params: JsonObject, [name = '', ...inner]: readonly string[], value: Json): JsonObject {
  if (inner.length === 0) return { ...params, [name]: value };
  const at = params[name];
  const within = typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as JsonObject) : {}; // neither null nor a list
  return { ...params, [name]: placed(within, inner, value) };
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json; // JSON.parse gives nothing but JSON
  } catch {
    return text;
  }
}

function fileOf(file: string, folder: string): JsonObject {
  const text = readTextFile(file, folder);
  const parsed = anyJsonObject.safeParse(valueOf(text));
  if (parsed.success) return parsed.data;
  throw new TelosError('USAGE', `${file} holds no JSON object.`, {
    next: 'Write the parameters as one object, or as --with name=value.',
  });
}
