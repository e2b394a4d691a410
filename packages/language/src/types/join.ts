/** Types put together: what is a value of one or the other, and what is a value of both. */
import { fieldIn, never } from './type.ts';
import type { Field, Kind, Shape, Type } from './type.ts';

/** More texts than these are as good as any. */
const mostTexts = 200;

/** Parts that one joining looks at. A type may hold another many times over, so that its parts are more than anybody has written. */
const mostParts = 5000;

type Budget = { parts: number };

/** A value of one of them. */
export function join(types: readonly Type[]): Type {
  return joinAll(types, { parts: mostParts });
}

function joinAll(types: readonly Type[], budget: Budget): Type {
  const [first = never, ...rest] = types.filter(({ kinds }) => kinds.size > 0);
  return rest.reduce((left, right) => joinTwo(left, right, budget), first);
}

/** Of the inside of a kind, what the side says that can be of it, or both together. */
function joinTwo(left: Type, right: Type, budget: Budget): Type {
  if (left === right) return left;
  const kinds = new Set([...left.kinds, ...right.kinds]);
  budget.parts -= 1;
  if (budget.parts < 0) return { kinds };
  const inside = <Part>(
    kind: Kind,
    one: Part | undefined,
    other: Part | undefined,
    put: (a: Part, b: Part) => Part,
  ) => {
    if (!left.kinds.has(kind)) return other;
    if (!right.kinds.has(kind)) return one;
    return one === undefined || other === undefined ? undefined : put(one, other);
  };
  const texts = inside('string', left.texts, right.texts, (one, other) => new Set([...one, ...other]));
  const items = inside('list', left.items, right.items, (one, other) => joinTwo(one, other, budget));
  const shape = inside('map', left.shape, right.shape, (one, other) => joinShapes(one, other, budget));
  return {
    kinds,
    ...(texts === undefined || texts.size > mostTexts ? {} : { texts }),
    ...(items === undefined ? {} : { items }),
    ...(shape === undefined ? {} : { shape }),
  };
}

function joinShapes(left: Shape, right: Shape, budget: Budget): Shape {
  const fields = new Map<string, Field>();
  for (const name of new Set([...left.fields.keys(), ...right.fields.keys()])) {
    const one = fieldOfShape(left, name);
    const other = fieldOfShape(right, name);
    const known = [one, other].flatMap((field) => (field === undefined ? [] : [field]));
    fields.set(name, {
      type: joinAll(
        known.map(({ type }) => type),
        budget,
      ),
      optional: known.length < 2 || known.some(({ optional }) => optional),
    });
  }
  const rest = [left.rest, right.rest].flatMap((type) => (type === undefined ? [] : [type]));
  return rest.length === 0 ? { fields } : { fields, rest: joinAll(rest, budget) };
}

/** A value of both; what of it cannot be told is as the left says. */
export function meet(left: Type, right: Type): Type {
  const kinds = new Set([...left.kinds].filter((kind) => right.kinds.has(kind)));
  const texts =
    left.texts === undefined || right.texts === undefined
      ? (left.texts ?? right.texts)
      : new Set([...left.texts].filter((one) => right.texts?.has(one)));
  const items =
    left.items === undefined || right.items === undefined ? (left.items ?? right.items) : meet(left.items, right.items);
  const shape =
    left.shape === undefined || right.shape === undefined
      ? (left.shape ?? right.shape)
      : meetShapes(left.shape, right.shape);
  if (texts?.size === 0) kinds.delete('string');
  return {
    kinds,
    ...(texts === undefined ? {} : { texts }),
    ...(items === undefined ? {} : { items }),
    ...(shape === undefined ? {} : { shape }),
  };
}

function meetShapes(left: Shape, right: Shape): Shape {
  const fields = new Map<string, Field>();
  for (const name of new Set([...left.fields.keys(), ...right.fields.keys()])) {
    const one = fieldOfShape(left, name);
    const other = fieldOfShape(right, name);
    if (one === undefined || other === undefined) continue;
    fields.set(name, { type: meet(one.type, other.type), optional: one.optional && other.optional });
  }
  return left.rest === undefined || right.rest === undefined
    ? { fields }
    : { fields, rest: meet(left.rest, right.rest) };
}

function fieldOfShape(shape: Shape, name: string): Field | undefined {
  return fieldIn({ kinds: never.kinds, shape }, name);
}
