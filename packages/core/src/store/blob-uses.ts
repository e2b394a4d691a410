import type { Hash } from '../ids.ts';

/** Without the quotation mark before it, of which every text has hundreds: it is looked for in every append. */
const mark = 'blob":"';
const named = /"blob":"([0-9a-f]{64})"/g;

/** The blobs that events name, by their JSON text: what nobody names may be collected. */
export function blobsNamedIn(text: string): readonly Hash[] {
  if (!text.includes(mark)) return [];
  return Array.from(new Set(Array.from(text.matchAll(named), ([, hash = '']) => hash)));
}
