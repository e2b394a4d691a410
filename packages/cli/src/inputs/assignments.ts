/** `path=value` on the command line: a value is JSON when it reads as such, else text. */
import { TelosError } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';
import { isObject, kindOf, nearest } from '@telos/language/text';

/** Reads what `--set` was given, by path, as written. @throws TelosError USAGE */
export function readAssignments(written: readonly string[]): JsonObject {
  const assignments = written.map((assignment): readonly [string, Json] => {
    const at = assignment.indexOf('=');
    if (at < 1)
      throw new TelosError('USAGE', `--set does not understand "${assignment}".`, {
        next: 'Write it like --set title=Hello or --set steps.draft.output.title=Hello.',
      });
    return [assignment.slice(0, at), jsonOrText(assignment.slice(at + 1))];
  });
  const twice = assignments.find(([path], index) => assignments.findIndex(([other]) => other === path) < index);
  if (twice !== undefined) throw new TelosError('USAGE', `--set ${twice[0]} was given twice.`);
  return Object.fromEntries(assignments);
}

/** A copy of `value` with this value at `path`; objects on the way are made where they are missing. */
export function assigned(value: Json, path: string, given: Json): Json {
  return placed(value, path.split('.'), given);
}

/**
 * Refuses a path into what has no such field: a slip of the pen must not add one beside the one that was meant.
 *
 * @param value What the path leads into; undefined when it may have any field.
 * @throws TelosError USAGE
 */
export function requireField(path: string, value: Json | undefined): void {
  if (value === undefined) return;
  const [first = path] = path.split('.', 1);
  if (!isObject(value))
    throw new TelosError(
      'USAGE',
      `--set ${path} names a field, and what is asked about has none: it is ${kindOf(value)}.`,
      {
        next: `Give the value as a whole: --value '${typeof value === 'string' ? '"..."' : '<json>'}'.`,
      },
    );
  if (Object.hasOwn(value, first)) return;
  const fields = Object.keys(value);
  const near = nearest(first, fields);
  throw new TelosError(
    'USAGE',
    `--set ${path}: there is no field ${first}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    {
      next: `It has ${fields.length === 0 ? 'no fields' : fields.join(', ')}; --value gives another value as a whole.`,
    },
  );
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

export function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json; // what it gives is JSON
  } catch {
    return text;
  }
}

function placed(value: Json, [first, ...rest]: readonly string[], given: Json): Json {
  if (first === undefined) return given;
  const object = isObject(value) ? value : {};
  const inner = Object.hasOwn(object, first) ? (object[first] ?? null) : null;
  return Object.fromEntries([...Object.entries(object), [first, placed(inner, rest, given)]]);
}
