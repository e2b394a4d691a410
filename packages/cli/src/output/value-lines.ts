import type { Json } from '@telos/core';

/** A value as a person reads it: text as it is, a list of texts as a list, anything else as JSON. */
export function valueLines(value: Json): readonly string[] {
  if (typeof value === 'string') return value.split('\n');
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')) {
    return value.map((item) => `- ${item}`);
  }
  if (value === null || typeof value !== 'object') return [String(value)];
  return JSON.stringify(value, undefined, 2).split('\n');
}

/** The outputs of a run: a single text alone, several under their names. */
export function outputLines(outputs: { readonly [name: string]: Json }): readonly string[] {
  const entries = Object.entries(outputs);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return valueLines(only[1]);
  return entries.flatMap(([name, value]) => {
    const lines = valueLines(value);
    return lines.length === 1 ? [`${name}: ${lines[0] ?? ''}`] : [`${name}:`, ...lines.map((line) => `  ${line}`)];
  });
}
