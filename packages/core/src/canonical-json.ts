import type { Json } from './json.ts';

/**
 * JSON text of which there is only one for each value: keys sorted by UTF-16
 * code units, no white space, numbers as `JSON.stringify` writes them.
 * Two values are equal exactly when their canonical texts are.
 */
export function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${canonicalJson(item)}`;
    return `[${text}]`;
  }
  // not an array and not null, so an object; Array.isArray does not narrow readonly arrays away
  const object = value as { readonly [key: string]: Json };
  for (const key of Object.keys(object).sort()) {
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(object[key] ?? null)}`;
  }
  return `{${text}}`;
}
