import type { Json } from '@telos/core';

export type Citation = { readonly source: string };

/**
 * The sources that an answer names in square brackets, in order of appearance
 * and each once: `[handbook.md]`, `[a.md, b.md]`, `[https://example.org/x]`.
 * Only names of sources that the model was really shown count, so an invented
 * one is no citation.
 *
 * @param names Names of files shown to the model.
 * @param sources Outputs of earlier steps; every `source` and `url` field in them is a name too.
 */
export function citationsIn(
  text: string,
  names: readonly string[],
  sources: { readonly [step: string]: Json },
): readonly Citation[] {
  const known = new Set(names);
  for (const value of Object.values(sources)) collectNames(value, known, 0);
  const found = new Set<string>();
  for (const [, inside = ''] of text.matchAll(/\[([^[\]\n]{1,500})\]/g)) {
    const whole = inside.trim();
    if (known.has(whole)) found.add(whole);
    else for (const part of whole.split(/[,;]/)) if (known.has(part.trim())) found.add(part.trim());
  }
  for (const [, url = ''] of text.matchAll(/\]\((https?:\/\/[^\s()]{1,2000})\)/g)) if (known.has(url)) found.add(url);
  return [...found].map((source) => ({ source }));
}

function collectNames(value: Json, into: Set<string>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > 8) return;
  for (const [key, inner] of Object.entries(value)) {
    if ((key === 'source' || key === 'url') && typeof inner === 'string') into.add(inner);
    else collectNames(inner, into, depth + 1);
  }
}
