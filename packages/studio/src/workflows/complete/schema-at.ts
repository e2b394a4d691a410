/** JSON Schemas, as far as an editor needs them: what may stand at a path, which keys it has, which values. */
import type { Path } from './outline.ts';

export type Schema = { readonly [keyword: string]: unknown };

/** The schemas that may hold at a path; none when nothing is said of it. */
export function schemasAt(root: Schema, path: Path): readonly Schema[] {
  return path.reduce<readonly Schema[]>(
    (schemas, part) => schemas.flatMap((schema) => (typeof part === 'number' ? itemsOf(root, schema) : fieldOf(root, schema, part))),
    alternatives(root, root),
  );
}

/** Every key that a map under one of the schemas may have, with the schema of its value. */
export function keysOf(schemas: readonly Schema[]): ReadonlyMap<string, Schema> {
  const keys = new Map<string, Schema>();
  for (const { properties } of schemas)
    if (isSchema(properties))
      for (const [name, schema] of Object.entries(properties))
        if (isSchema(schema) && !keys.has(name)) keys.set(name, schema);
  return keys;
}

/** Every scalar that the schemas name. */
export function valuesOf(schemas: readonly Schema[]): readonly string[] {
  const values = schemas.flatMap(({ enum: options, const: only, type, default: usual }) => [
    ...(Array.isArray(options) ? options : []),
    ...(only === undefined ? [] : [only]),
    ...(type === 'boolean' ? [true, false] : []),
    ...(usual === undefined || typeof usual === 'object' ? [] : [usual]),
  ]);
  return [...new Set(values.map(String))];
}

/** What a schema says it is for, else what it takes. */
export function aboutSchema(root: Schema, schema: Schema): string {
  const all = alternatives(root, schema);
  const said = [schema, ...all].find(({ description }) => typeof description === 'string')?.['description'];
  if (typeof said === 'string') return said;
  const values = valuesOf(all);
  if (values.length > 0) return values.join(' or ');
  return [...new Set(all.flatMap(({ type }) => (typeof type === 'string' ? [type] : [])))].join(' or ');
}

/** How a value that is not a scalar is begun; undefined when it may be one. */
export function shapeOf(root: Schema, schema: Schema): 'map' | 'list' | undefined {
  const types = alternatives(root, schema).map(({ type }) => type);
  if (types.length === 0) return undefined;
  if (types.every((type) => type === 'array')) return 'list';
  return types.every((type) => type === 'object') ? 'map' : undefined;
}

/** A schema without references and choices: each of what it may be. */
function alternatives(root: Schema, schema: Schema, depth = 0): readonly Schema[] {
  const { $ref: reference, anyOf, oneOf, allOf } = schema;
  if (depth > 8) return [];
  if (typeof reference === 'string') {
    const target = reference.split('/').slice(1).reduce<unknown>((at, part) => (isSchema(at) ? at[part] : undefined), root);
    return isSchema(target) ? alternatives(root, target, depth + 1) : [];
  }
  const choices = [anyOf, oneOf, allOf].flatMap((list) => (Array.isArray(list) ? (list as readonly unknown[]) : []));
  if (choices.length === 0) return [schema];
  return choices.filter(isSchema).flatMap((choice) => alternatives(root, choice, depth + 1));
}

function fieldOf(root: Schema, { properties, additionalProperties }: Schema, name: string): readonly Schema[] {
  const field = isSchema(properties) && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
  return isSchema(field) ? alternatives(root, field) : [];
}

function itemsOf(root: Schema, { items }: Schema): readonly Schema[] {
  return isSchema(items) ? alternatives(root, items) : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
