/** Where two values differ, each place in a line that people can read. */
import { isJsonObject } from '@telos/core';
import type { Json } from '@telos/core';

export type Difference = {
  /** `with.messages[0].text`; empty for the whole. */
  readonly path: string;
  /** Absent: there should be nothing. */
  readonly expected?: Json;
  /** Absent: there is nothing. */
  readonly actual?: Json;
};

/**
 * @param mode `equal`, or `within`: of a map only the fields that are expected are looked at.
 * @param most Differences that are looked for.
 */
export function differencesOf(
  expected: Json | undefined,
  actual: Json | undefined,
  mode: 'equal' | 'within' = 'equal',
  most = 5,
): readonly Difference[] {
  const found: Difference[] = [];
  const compare = (left: Json | undefined, right: Json | undefined, path: string): void => {
    if (found.length >= most || left === right) return;
    if (isJsonObject(left) && isJsonObject(right)) {
      const keys = mode === 'within' ? Object.keys(left) : new Set([...Object.keys(left), ...Object.keys(right)]);
      for (const key of keys) compare(own(left, key), own(right, key), path === '' ? key : `${path}.${key}`);
      return;
    }
    if (Array.isArray(left) && Array.isArray(right)) {
      for (let index = 0; index < Math.max(left.length, right.length); index++)
        // Lists of JSON.
        compare(left[index] as Json | undefined, right[index] as Json | undefined, `${path}[${index}]`);
      return;
    }
    found.push({
      path,
      ...(left === undefined ? {} : { expected: left }),
      ...(right === undefined ? {} : { actual: right }),
    });
  };
  compare(expected, actual, '');
  return found;
}

function own(value: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

const widest = 80;

/** `expected "a", got "b"`; of long texts what stands around where they begin to differ. */
export function differenceText({ expected, actual }: Difference): string {
  if (typeof expected === 'string' && typeof actual === 'string') {
    let same = 0;
    while (same < expected.length && expected[same] === actual[same]) same++;
    const from = Math.max(0, Math.min(same - 20, expected.length - widest));
    return `expected ${excerpt(expected, from)}, got ${excerpt(actual, from)}`;
  }
  return `expected ${shown(expected)}, got ${shown(actual)}`;
}

function excerpt(text: string, from: number): string {
  const part = text.length <= widest ? text : text.slice(from, from + widest);
  const before = text.length > widest && from > 0 ? '…' : '';
  const after = text.length > widest && from + widest < text.length ? '…' : '';
  return JSON.stringify(`${before}${part}${after}`);
}

function shown(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= widest ? text : `${text.slice(0, widest)}…`;
}
