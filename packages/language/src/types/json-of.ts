/** What a value of a type becomes when it leaves its expression: JSON (see cel/json-of-value.ts). */
import { anyJson, jsonKinds, number, text } from './type.ts';
import type { Field, Kind, Type } from './type.ts';

const json: ReadonlySet<Kind> = new Set(jsonKinds);
const becomes: { readonly [kind in Kind]?: Kind } = {
  int: 'double',
  uint: 'double',
  bytes: 'string',
  timestamp: 'string',
  duration: 'string',
};
const known = new WeakMap<Type, Type>([
  [anyJson, anyJson],
  [number, number],
  [text, text],
]);

export function jsonOf(type: Type): Type {
  const found = known.get(type);
  if (found !== undefined) return found;
  const made = madeJson(type);
  known.set(type, made);
  known.set(made, made);
  return made;
}

function madeJson(type: Type): Type {
  // The name of a type alone is handed out as it is, whatever that may be.
  if (type.kinds.has('type')) return anyJson;
  const kinds = new Set([...type.kinds].map((kind) => becomes[kind] ?? kind));
  const becomesText = [...type.kinds].some((kind) => !json.has(kind) && becomes[kind] === 'string');
  const { texts, items, shape } = type;
  return {
    kinds,
    ...(texts === undefined || becomesText ? {} : { texts }),
    ...(items === undefined ? {} : { items: jsonOf(items) }),
    ...(shape === undefined
      ? {}
      : {
          shape: {
            fields: new Map<string, Field>(
              [...shape.fields.keys()].flatMap((name) => {
                const field = shape.fields.get(name);
                return field === undefined ? [] : [[name, { ...field, type: jsonOf(field.type) }] as const];
              }),
            ),
            ...(shape.rest === undefined ? {} : { rest: jsonOf(shape.rest) }),
          },
        }),
  };
}
