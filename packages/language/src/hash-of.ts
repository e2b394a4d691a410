import { createHash } from 'node:crypto';
import type { Hash } from '@telos/core';

/** SHA-256 of the UTF-8 bytes of a text, in lower-case hexadecimal. */
export function hashOf(text: string): Hash {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
