/**
 * The small schemas that most workflows use (`{ type: string }`, lists and
 * objects of such), checked without a schema compiler, which takes 40 ms to
 * load. A property test holds this to what the compiler says.
 */
import type { Json, JsonSchema, SchemaIssue } from '@telos/core';
import { isList, isObject } from '../text/json-shape.ts';

const types: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
/** Keywords that judge nothing. `format` is one of them, as draft 2020-12 has it. */
const annotations: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples', 'format']);
const texts: ReadonlySet<string> = new Set(['title', 'description', 'format']);
const counts: ReadonlySet<string> = new Set(['minItems', 'maxItems', 'minLength', 'maxLength']);
const bounds: ReadonlySet<string> = new Set(['minimum', 'maximum']);

/** Whether this file can judge the schema: only these keywords, each well formed, at most 8 deep. */
export function isPlainSchema(schema: Json, depth = 0): schema is JsonSchema {
  if (!isObject(schema) || depth > 8) return false;
  return Object.entries(schema).every(([keyword, value]) => {
    if (annotations.has(keyword)) return !texts.has(keyword) || typeof value === 'string';
    if (counts.has(keyword)) return typeof value === 'number' && Number.isInteger(value) && value >= 0;
    if (bounds.has(keyword)) return typeof value === 'number';
    switch (keyword) {
      case 'type':
        return typeof value === 'string' && types.has(value);
      case 'enum':
        return isList(value) && value.length > 0 && value.every((item) => typeof item !== 'object' || item === null);
      case 'items':
        return isPlainSchema(value, depth + 1);
      case 'properties':
        return isObject(value) && Object.values(value).every((property) => isPlainSchema(property, depth + 1));
      case 'required':
        return isList(value) && value.every((item) => typeof item === 'string') && new Set(value).size === value.length;
      case 'additionalProperties':
        return typeof value === 'boolean';
      default:
        return false;
    }
  });
}

/** Every issue, in document order. Only for schemas of which `isPlainSchema` holds. */
export function plainIssues(schema: JsonSchema, value: Json, path = ''): readonly SchemaIssue[] {
  const type = schema['type'];
  if (typeof type === 'string' && !isOfType(value, type)) {
    return [{ path, message: `expected ${type}, found ${typeName(value)}` }];
  }
  const issues: SchemaIssue[] = [];
  const report = (message: string) => issues.push({ path, message });
  const allowed = schema['enum'];
  if (
    isList(allowed) &&
    (typeof value === 'object' ? value !== null || !allowed.includes(null) : !allowed.includes(value))
  ) {
    report(`expected one of ${allowed.map((item) => JSON.stringify(item)).join(', ')}`);
  }
  if (typeof value === 'string') sized(schema, 'Length', lengthOf(value), 'characters', report);
  if (typeof value === 'number') bounded(schema, value, report);
  if (isList(value)) {
    sized(schema, 'Items', value.length, 'items', report);
    const items = schema['items'];
    if (isObject(items)) issues.push(...value.flatMap((item, index) => plainIssues(items, item, `${path}[${index}]`)));
  }
  if (isObject(value)) issues.push(...fieldIssues(schema, value, path));
  return issues;
}

function fieldIssues(schema: JsonSchema, value: JsonSchema, path: string): SchemaIssue[] {
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = isList(schema['required']) ? schema['required'].filter((key) => typeof key === 'string') : [];
  const issues: SchemaIssue[] = [];
  for (const key of required) {
    if (!Object.hasOwn(value, key)) issues.push({ path, message: `the field \`${key}\` is missing` });
  }
  for (const [key, item] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (isObject(property)) issues.push(...plainIssues(property, item, below(key)));
    else if (schema['additionalProperties'] === false)
      issues.push({ path, message: `the field \`${key}\` is not known` });
  }
  return issues;
}

function sized(
  schema: JsonSchema,
  what: 'Length' | 'Items',
  count: number,
  unit: string,
  report: (message: string) => void,
): void {
  const least = schema[`min${what}`];
  const most = schema[`max${what}`];
  if (typeof least === 'number' && count < least) report(`expected at least ${least} ${unit}, found ${count}`);
  if (typeof most === 'number' && count > most) report(`expected at most ${most} ${unit}, found ${count}`);
}

function bounded(schema: JsonSchema, value: number, report: (message: string) => void): void {
  const { minimum, maximum } = schema;
  if (typeof minimum === 'number' && value < minimum) report(`expected at least ${minimum}, found ${value}`);
  if (typeof maximum === 'number' && value > maximum) report(`expected at most ${maximum}, found ${value}`);
}

function isOfType(value: Json, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return type === typeName(value) || (type === 'number' && typeof value === 'number');
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  return typeof value;
}

/** JSON Schema counts characters, not UTF-16 units. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}
