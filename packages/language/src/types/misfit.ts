/**
 * Whether a value of one type is ever one of another.
 *
 * Only what no value gets around counts: an empty list fits any list, and a
 * field that may be left out is in nobody's way.
 */
import { fieldIn } from './type.ts';
import type { Kind, Type } from './type.ts';

export type Misfit = {
  /** Of the field that does not fit; empty for the whole. */
  readonly path: readonly string[];
  /** What stands there. */
  readonly found: Type;
  /** What would be taken; undefined where nothing is. */
  readonly wanted: Type | undefined;
};

/** Both are types of JSON. Undefined when some value of `given` may be one of `wanted`. */
export function misfitOf(given: Type, wanted: Type): Misfit | undefined {
  const shared = [...given.kinds].filter((kind) => wanted.kinds.has(kind));
  const misfit = { path: [], found: given, wanted };
  let deeper: Misfit | undefined;
  for (const kind of shared) {
    const within = misfitWithin(kind, given, wanted);
    if (within === undefined) return undefined;
    deeper ??= within;
  }
  return shared.length === 1 ? (deeper ?? misfit) : misfit;
}

function misfitWithin(kind: Kind, given: Type, wanted: Type): Misfit | undefined {
  if (kind === 'string') {
    if (given.texts === undefined || wanted.texts === undefined) return undefined;
    return [...given.texts].some((text) => wanted.texts?.has(text)) ? undefined : { path: [], found: given, wanted };
  }
  return kind === 'map' && wanted.shape !== undefined ? misfittingField(given, wanted) : undefined;
}

function misfittingField(given: Type, wanted: Type): Misfit | undefined {
  for (const name of given.shape?.fields.keys() ?? []) {
    const field = fieldIn(given, name);
    if (field === undefined || field.optional) continue;
    const place = fieldIn(wanted, name);
    if (place === undefined) return { path: [name], found: field.type, wanted: undefined };
    const within = misfitOf(field.type, place.type);
    if (within !== undefined) return { ...within, path: [name, ...within.path] };
  }
  for (const name of wanted.shape?.fields.keys() ?? []) {
    const field = fieldIn(wanted, name);
    if (field === undefined || field.optional || fieldIn(given, name) !== undefined) continue;
    return { path: [name], found: { kinds: new Set() }, wanted: field.type };
  }
  return undefined;
}
