import type { ScriptOutcome } from './script-outcome.ts';

/** Of lists and objects in a result. */
const maxDepth = 200;
/** A list that holds itself many times over is small in memory and without end in JSON. */
const maxValues = 1_000_000;
const maxCharacters = 16 * 1024 * 1024;

type Json = null | string | boolean | number | Json[] | { [key: string]: Json };

class Unusable extends Error {}

/** What a script returned, as JSON text: undefined fields are left out, anything else that JSON cannot hold is refused with its place. */
export function resultText(returned: unknown): ScriptOutcome {
  try {
    const text = JSON.stringify(jsonOf(returned, 'result', 0, { values: 0, characters: 0 }));
    if (text.length > maxCharacters) throw tooMuch();
    return { ended: 'returned', text };
  } catch (error) {
    if (error instanceof Unusable) return { ended: 'unusable', reason: error.message };
    throw error;
  }
}

function jsonOf(value: unknown, path: string, depth: number, sum: { values: number; characters: number }): Json {
  if (depth > maxDepth) throw new Unusable(`what contains itself or nests more than ${maxDepth} deep`);
  if ((sum.values += 1) > maxValues) throw tooMuch();
  if (typeof value === 'string' && (sum.characters += value.length) > maxCharacters) throw tooMuch();
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) {
    if (value.length > maxValues) throw tooMuch();
    return value.map((item: unknown, index) => jsonOf(item, `${path}[${index}]`, depth + 1, sum));
  }
  if (typeof value === 'object' && isPlain(value)) {
    const fields: [string, Json][] = [];
    for (const [key, field] of Object.entries(value)) {
      if ((sum.characters += key.length) > maxCharacters) throw tooMuch();
      if (field !== undefined) fields.push([key, jsonOf(field, `${path}.${key.slice(0, 100)}`, depth + 1, sum)]);
    }
    return Object.fromEntries(fields);
  }
  const what =
    typeof value === 'object' ? value.constructor.name : typeof value === 'number' ? String(value) : typeof value;
  throw new Unusable(`what is not JSON: ${path} is ${what}`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function tooMuch(): Unusable {
  return new Unusable(`more than ${maxValues} values or ${maxCharacters} characters`);
}
