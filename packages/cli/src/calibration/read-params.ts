import { anyJsonObject, TelosError } from '@telos/core';
import type { JsonObject } from '@telos/core';
import { assigned, jsonOrText } from '../inputs/assignments.ts';
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
        ? (assigned(params, part.slice(0, equals), jsonOrText(part.slice(equals + 1))) as JsonObject) // a path has a name at least
        : { ...params, ...fileOf(part, folder) };
  }
  return params;
}

function fileOf(file: string, folder: string): JsonObject {
  const text = readTextFile(file, folder);
  const parsed = anyJsonObject.safeParse(jsonOrText(text));
  if (parsed.success) return parsed.data;
  throw new TelosError('USAGE', `${file} holds no JSON object.`, {
    next: 'Write the parameters as one object, or as --with name=value.',
  });
}
