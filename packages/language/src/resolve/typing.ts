/** The types of expressions and templates where they stand: what each name in sight may hold. */
import type { Template } from '@telos/core';
import { mayHoldExpression, splitTemplate } from '../cel/template.ts';
import { isList, isObject } from '../text/json-shape.ts';
import { inferType } from '../types/infer.ts';
import type { Inferred, TypeOfName } from '../types/infer.ts';
import { jsonOf } from '../types/json-of.ts';
import { join } from '../types/join.ts';
import { typeOfValue } from '../types/of-json-schema.ts';
import { anyJson, isNever, listOf, mapOf, oneOf, text } from '../types/type.ts';
import type { Field, Type } from '../types/type.ts';
import { envelope, runType } from './envelope-types.ts';
import type { Resolution } from './resolution.ts';
import { look } from './sight.ts';
import type { Sight } from './sight.ts';

const namesIn = new WeakMap<Sight, TypeOfName>();
const inferredIn = new WeakMap<Sight, Map<string, Inferred>>();

/** Undefined for what is no expression, which is reported where it is parsed. */
export function inferred(source: string, sight: Sight, resolution: Resolution): Inferred | undefined {
  let known = inferredIn.get(sight);
  if (known === undefined) inferredIn.set(sight, (known = new Map()));
  const found = known.get(source);
  if (found !== undefined) return found;
  const parsed = resolution.parse(source);
  if (!parsed.ok) return undefined;
  const made = inferType(source, parsed.expression.tree, namesOf(sight, resolution));
  known.set(source, made);
  return made;
}

/** What the expression hands on; anything when it is at fault itself. */
export function typeOfExpression(source: string, sight: Sight, resolution: Resolution): Type {
  const type = inferred(source, sight, resolution)?.type;
  return type === undefined || isNever(type) ? anyJson : jsonOf(type);
}

/** What rendering the template gives. */
export function typeOfTemplate(template: Template, sight: Sight, resolution: Resolution): Type {
  const of = (part: Template): Type => typeOfTemplate(part, sight, resolution);
  if (typeof template === 'string') return typeOfText(template, sight, resolution);
  if (isList(template)) return listOf(join(template.map(of)));
  if (!isObject(template)) return typeOfValue(template);
  return mapOf(
    new Map(Object.entries(template).map(([name, part]) => [name, { type: of(part), optional: false }] as const)),
  );
}

function typeOfText(template: string, sight: Sight, resolution: Resolution): Type {
  if (!mayHoldExpression(template)) return oneOf([template]);
  const { parts, whole } = splitTemplate(template);
  const [first] = parts;
  return whole && first !== undefined && 'expression' in first
    ? typeOfExpression(first.expression, sight, resolution)
    : text;
}

function namesOf(sight: Sight, resolution: Resolution): TypeOfName {
  const known = namesIn.get(sight);
  if (known !== undefined) return known;
  const roots = new Map<string, Type>();
  const made: TypeOfName = (name) => {
    const found = roots.get(name);
    if (found !== undefined) return found;
    const type = rootType(name, sight, resolution);
    roots.set(name, type);
    return type;
  };
  namesIn.set(sight, made);
  return made;
}

/** What is not there is reported as a name that is not known, so here it may be anything. */
function rootType(name: string, sight: Sight, resolution: Resolution): Type {
  switch (name) {
    case 'inputs':
      return mapOf(fieldsOf(resolution.types.inputs), anyJson);
    case 'vars':
      return mapOf(fieldsOf(resolution.types.vars), anyJson);
    case 'run':
      return runType();
    case 'secrets':
      return mapOf({}, text);
    case 'steps':
      return stepsType(sight);
    default:
      return sight.names.get(name)?.type ?? anyJson;
  }
}

function fieldsOf(types: ReadonlyMap<string, Type>): ReadonlyMap<string, Field> {
  return new Map([...types].map(([name, type]) => [name, { type, optional: false }]));
}

/** Made for each step as it is asked for: a list may have thousands. */
function stepsType(sight: Sight): Type {
  const get = (id: string): Field | undefined => {
    const found = look(sight, id);
    if (found.is !== 'seen' || found.types === undefined) return undefined;
    return {
      type: found.hasEnded ? envelope(found.types) : envelope({ ...found.types, output: anyJson }),
      optional: false,
    };
  };
  return { kinds: mapOf({}).kinds, shape: { fields: { get, keys: () => [] }, rest: anyJson } };
}
