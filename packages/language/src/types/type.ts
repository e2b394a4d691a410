/**
 * Types: what is known, before a run, of the values that an expression may give.
 *
 * A type is the set of kinds that a value may be of, and for text, lists and
 * maps what is known of their inside. It never says too little: every value
 * that there can be is in it, and perhaps some that there cannot be. Kinds are
 * those by which the run chooses an operator, so JSON's numbers are `double`,
 * and `int` is what literals and `size()` give.
 */
export const jsonKinds = ['null', 'bool', 'double', 'string', 'list', 'map'] as const;
const celKinds = ['int', 'uint', 'bytes', 'timestamp', 'duration', 'type'] as const;

export type Kind = (typeof jsonKinds)[number] | (typeof celKinds)[number];

export type Type = {
  /** Empty: there is no such value, because whatever would give it fails. */
  readonly kinds: ReadonlySet<Kind>;
  /** The only texts that it may be; absent: any. */
  readonly texts?: ReadonlySet<string>;
  /** Of a list, what its items are; absent: anything. */
  readonly items?: Type;
  /** Of a map; absent: anything. */
  readonly shape?: Shape;
};

export type Shape = {
  /** By name, made when asked for. */
  readonly fields: { get(name: string): Field | undefined; keys(): Iterable<string> };
  /** What fields of other names hold; absent: there are no others. */
  readonly rest?: Type;
};

export type Field = { readonly type: Type; readonly optional: boolean };

const single = new Map<Kind, Type>();

/** Values of one kind, of which nothing else is known. */
export function ofKind(kind: Kind): Type {
  let type = single.get(kind);
  if (type === undefined) single.set(kind, (type = { kinds: new Set([kind]) }));
  return type;
}

export const never: Type = { kinds: new Set() };
export const anyJson: Type = { kinds: new Set(jsonKinds) };
export const anyValue: Type = { kinds: new Set([...jsonKinds, ...celKinds]) };
export const text = ofKind('string');
export const number = ofKind('double');
export const truth = ofKind('bool');
export const nothing = ofKind('null');

export function oneOf(texts: Iterable<string>): Type {
  return { kinds: text.kinds, texts: new Set(texts) };
}

export function listOf(items: Type): Type {
  return { kinds: new Set<Kind>(['list']), items };
}

/** A map with these fields; with others too when `rest` is given. */
export function mapOf(fields: { readonly [name: string]: Type } | ReadonlyMap<string, Field>, rest?: Type): Type {
  const known =
    fields instanceof Map
      ? (fields as ReadonlyMap<string, Field>) // narrowing leaves Map<any, any>
      : new Map(Object.entries(fields).map(([name, type]) => [name, { type: type as Type, optional: false }]));
  return { kinds: new Set<Kind>(['map']), shape: rest === undefined ? { fields: known } : { fields: known, rest } };
}

export function isNever({ kinds }: Type): boolean {
  return kinds.size === 0;
}

/** Whether all its values are of this kind. */
export function isOnly({ kinds }: Type, kind: Kind): boolean {
  return kinds.size === 1 && kinds.has(kind);
}

/** The part of a type that is of some kinds. */
export function restrictedTo(type: Type, kinds: ReadonlySet<Kind>): Type {
  return { ...type, kinds: new Set([...type.kinds].filter((kind) => kinds.has(kind))) };
}

/** What the map may hold under this name; undefined when it never has such a field. */
export function fieldIn({ shape }: Type, name: string): Field | undefined {
  if (shape === undefined) return { type: anyValue, optional: true };
  const known = shape.fields.get(name);
  if (known !== undefined) return known;
  return shape.rest === undefined ? undefined : { type: shape.rest, optional: true };
}
