import type { Json } from '@telos/core';
import { z } from 'zod';

/** Quotations with their sources, as workflows that answer from documents give them. */
const Citations = z.array(z.strictObject({ quote: z.string(), source: z.string() })).min(1);

/** A value as a person reads it: text as it is, a list of texts as a list, quotations with their sources, anything else as JSON. */
export function valueLines(value: Json): readonly string[] {
  if (typeof value === 'string') return value.split('\n');
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')) {
    return value.map((item) => `- ${item}`);
  }
  const citations = Citations.safeParse(value);
  if (citations.success) return citations.data.map(({ quote, source }) => `"${quote}"  (${source})`);
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
