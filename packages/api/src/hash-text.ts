import { createHash } from 'node:crypto';
import type { Hash, Json } from '@telos/core';

/** SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal. */
export function hashText(text: string): Hash {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** JSON text that does not depend on the order of keys, so that equal requests have equal hashes. */
export function sortedJson(value: Json): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}
