/**
 * Fields for a value that is to be edited: one for each of its own fields, so
 * that a text is written as text and not inside JSON.
 *
 * What is sent are the places that have changed and no others: what the server
 * masked, or what is too deep to be looked at, stays as it is in the run.
 */

export type ValueField = {
  /** Where it is, as a fork names it: `steps.draft.input.prompt`. */
  readonly key: string;
  readonly name: string;
  readonly kind: 'text' | 'json';
  readonly before: unknown;
  /** What the field holds at first. */
  readonly first: string;
};

/** @param key Of the whole value: `inputs`, `steps.draft.input`. */
export function valueFields(key: string, name: string, value: unknown): readonly ValueField[] {
  if (!isRecord(value) || Object.keys(value).length === 0 || !Object.keys(value).every(isPlainName))
    return [valueField(key, name, value)];
  return Object.entries(value).map(([field, inner]) => valueField(`${key}.${field}`, field, inner));
}

export type ReadEdits = {
  /** By place; empty when nothing was changed. */
  readonly set: { readonly [key: string]: unknown };
  /** By the key of the field. */
  readonly faults: { readonly [key: string]: string };
};

/** @param texts What stands in the fields, by key; a field that has none there was not touched. */
export function readEdits(fields: readonly ValueField[], texts: ReadonlyMap<string, string>): ReadEdits {
  const set: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const { key, kind, before, first } of fields) {
    const text = texts.get(key);
    if (text === undefined || text === first) continue;
    if (kind === 'text') set[key] = text;
    else {
      try {
        Object.assign(set, changesBetween(key, before, JSON.parse(text)));
      } catch (error) {
        faults[key] = `This is not JSON: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
  }
  return { set, faults };
}

/** What is to be set at which place to make the one value the other. */
export function changesBetween(key: string, before: unknown, after: unknown): { readonly [key: string]: unknown } {
  if (JSON.stringify(before) === JSON.stringify(after)) return {};
  if (isRecord(before) && isRecord(after)) {
    const names = Object.keys(after);
    // Nothing says that a field is gone, so a value that lost one is set as a whole.
    if (Object.keys(before).every((name) => Object.hasOwn(after, name)) && names.every(isPlainName))
      return merged(names.map((name) => changesBetween(`${key}.${name}`, before[name], after[name])));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return merged(after.map((item: unknown, index) => changesBetween(`${key}[${index}]`, before[index], item)));
  return { [key]: after };
}

function valueField(key: string, name: string, value: unknown): ValueField {
  return typeof value === 'string'
    ? { key, name, kind: 'text', before: value, first: value }
    : { key, name, kind: 'json', before: value, first: JSON.stringify(value, null, 2) };
}

/** One that a place can be written with. */
function isPlainName(name: string): boolean {
  return /^[^.[\]]+$/.test(name);
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merged(all: readonly { readonly [key: string]: unknown }[]): { readonly [key: string]: unknown } {
  return Object.fromEntries(all.flatMap((one) => Object.entries(one)));
}
