/**
 * Edits of a fork: `inputs.vendor.name`, `steps.draft.output.title`,
 * `steps.findings[3].search.input`. A step's path may itself have dots, so where
 * it ends is told by the steps that the run has.
 */
import { TelosError } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';
import { isObject } from '@telos/language/text';

export type Edit = {
  /** As it was written. */
  readonly key: string;
  readonly of: 'inputs' | { readonly step: string; readonly part: 'input' | 'output' };
  /** Within the value. */
  readonly way: readonly (string | number)[];
  readonly value: Json;
};

/** @throws TelosError FORK_INVALID with every key that names nothing in `details.problems`. */
export function readEdits(set: JsonObject, hasStep: (path: string) => boolean): readonly Edit[] {
  const problems: { path: string; message: string }[] = [];
  const edits = Object.entries(set).flatMap(([key, value]): Edit[] => {
    const found = placeOf(key, hasStep);
    if (typeof found !== 'string') return [{ key, value, ...found }];
    problems.push({ path: `set.${key}`, message: found });
    return [];
  });
  refuse(problems);
  return edits;
}

/** The value with each edit made in it, in order. @throws TelosError FORK_INVALID when one leads into what has no such place. */
export function edited(value: Json, edits: readonly Edit[]): Json {
  return edits.reduce((before, edit) => within(before, edit.way, edit), value);
}

function placeOf(key: string, hasStep: (path: string) => boolean): Pick<Edit, 'of' | 'way'> | string {
  const input = /^inputs\.([a-z][a-z0-9_]*)/.exec(key);
  if (input !== null) {
    const way = wayOf(key.slice('inputs'.length));
    return way === undefined ? 'expected `inputs.<name>`, and names or [numbers] after it' : { of: 'inputs', way };
  }
  if (!key.startsWith('steps.')) return 'expected `inputs.<name>`, `steps.<path>.output` or `steps.<path>.input`';
  const rest = key.slice('steps.'.length);
  for (const match of rest.matchAll(/\.(input|output)(?=$|[.[])/g)) {
    const step = rest.slice(0, match.index);
    if (!hasStep(step)) continue;
    const way = wayOf(rest.slice(match.index + match[0].length));
    if (way === undefined) return 'expected names or [numbers] after the value';
    return { of: { step, part: match[1] === 'input' ? 'input' : 'output' }, way };
  }
  return 'the run has no such step, or `.output` or `.input` is missing after its path';
}

function wayOf(text: string): readonly (string | number)[] | undefined {
  const way: (string | number)[] = [];
  let end = 0;
  for (const match of text.matchAll(/\.([^.[\]]+)|\[(\d{1,9})\]/gy)) {
    way.push(match[1] ?? Number(match[2]));
    end = match.index + match[0].length;
  }
  return end === text.length ? way : undefined;
}

function within(value: Json, way: readonly (string | number)[], edit: Edit): Json {
  const [first, ...rest] = way;
  if (first === undefined) return edit.value;
  if (typeof first === 'number') {
    if (!Array.isArray(value) || first >= value.length) throw noPlace(edit, `has no item ${first}`);
    return value.map((item: Json, index) => (index === first ? within(item, rest, edit) : item));
  }
  if (!isObject(value)) throw noPlace(edit, `has no field ${first}`);
  const before = Object.hasOwn(value, first) ? value[first] : undefined;
  if (before === undefined && rest.length > 0) throw noPlace(edit, `has no field ${first}`);
  return Object.fromEntries([...Object.entries(value), [first, within(before ?? null, rest, edit)]]);
}

function noPlace({ key }: Edit, why: string): TelosError {
  return invalid([{ path: `set.${key}`, message: `the value ${why}` }]);
}

function refuse(problems: readonly { readonly path: string; readonly message: string }[]): void {
  if (problems.length > 0) throw invalid(problems);
}

function invalid(problems: readonly { readonly path: string; readonly message: string }[]): TelosError {
  const [first] = problems;
  return new TelosError('FORK_INVALID', `${first?.path}: ${first?.message}.`, {
    details: { problems: problems.map((problem) => ({ ...problem })) },
  });
}
