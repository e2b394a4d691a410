/** `--set path=value`: a value is JSON when it reads as such, else text. */
import { TelosError } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';

/** By path, as written. @throws TelosError USAGE */
export function readSettings(assignments: readonly string[]): JsonObject {
  const settings = assignments.map((assignment): readonly [string, Json] => {
    const at = assignment.indexOf('=');
    if (at < 1)
      throw new TelosError('USAGE', `--set does not understand "${assignment}".`, {
        next: 'Write it like --set title=Hello or --set steps.draft.output.title=Hello.',
      });
    return [assignment.slice(0, at), jsonOrText(assignment.slice(at + 1))];
  });
  const twice = settings.find(([path], index) => settings.findIndex(([other]) => other === path) < index);
  if (twice !== undefined) throw new TelosError('USAGE', `--set ${twice[0]} was given twice.`);
  return Object.fromEntries(settings);
}

/** A copy of `value` with each setting made in it; objects on the way are made where they are missing. */
export function withSettings(value: Json, settings: JsonObject): Json {
  return Object.entries(settings).reduce((before, [path, given]) => placed(before, path.split('.'), given), value);
}

/** @throws TelosError USAGE */
export function readJson(name: string, text: string): Json {
  try {
    // What JSON.parse gives is JSON.
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new TelosError('USAGE', `${name} is not JSON: ${error instanceof Error ? error.message : ''}`, {
      next: `Quote text twice: '"like this"'.`,
      cause: error,
    });
  }
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json; // what it gives is JSON
  } catch {
    return text;
  }
}

function placed(value: Json, [first, ...rest]: readonly string[], given: Json): Json {
  if (first === undefined) return given;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const object = isObject ? (value as JsonObject) : {}; // neither null nor a list
  const inner = Object.hasOwn(object, first) ? (object[first] ?? null) : null;
  return Object.fromEntries([...Object.entries(object), [first, placed(inner, rest, given)]]);
}
