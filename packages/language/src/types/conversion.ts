import type { Kind, Type } from './type.ts';

const numbers: readonly Kind[] = ['int', 'uint', 'double'];

/**
 * How to make what is there into what is wanted, as a hint. JSON's numbers are no whole numbers until `int` makes them
 * so, and its times are text.
 */
export function conversionTo(wanted: ReadonlySet<Kind>, found: Type, written: string): string | undefined {
  const has = (kinds: readonly Kind[]): boolean => kinds.some((kind) => found.kinds.has(kind));
  if (wanted.has('int') && has(['double'])) return `write int(${written})`;
  if (has(['string'])) {
    if (wanted.has('timestamp')) return `write timestamp(${written})`;
    if (wanted.has('duration')) return `write duration(${written})`;
    if (wanted.has('double')) return `write double(${written})`;
  }
  if (!wanted.has('string') || wanted.size > 1) return undefined;
  if (has(numbers)) return /^[\d.]+$/.test(written) ? `write "${written}"` : `write string(${written})`;
  if (has(['bool'])) return `write string(${written})`;
  return has(['list', 'map']) ? `write toJson(${written})` : undefined;
}
