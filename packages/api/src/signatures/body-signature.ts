import { createHmac, timingSafeEqual } from 'node:crypto';
import type { BodySignature } from '@telos/core';

/** Whether this header was made from this body by somebody who knows the secret. Takes as long for a near miss as for a far one. */
export function isSigned(
  { algorithm, prefix, encoding }: BodySignature,
  secret: string,
  body: Uint8Array,
  header: string | undefined,
): boolean {
  if (header === undefined || !header.startsWith(prefix)) return false;
  const presented = digestIn(header.slice(prefix.length).trim(), encoding);
  const expected = createHmac(algorithm, secret).update(body).digest();
  return presented?.length === expected.length && timingSafeEqual(presented, expected);
}

function digestIn(text: string, encoding: BodySignature['encoding']): Uint8Array | undefined {
  const isWritten = encoding === 'hex' ? /^(?:[0-9a-f]{2})+$/i : /^[A-Za-z0-9+/]+={0,2}$/;
  return isWritten.test(text) ? Buffer.from(text, encoding) : undefined;
}
