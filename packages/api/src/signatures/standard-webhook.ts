/**
 * Signatures of Standard Webhooks (https://www.standardwebhooks.com): the one
 * definition, of those that callbacks carry and of those that hooks ask for.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '@telos/core';

export const standardHeaders = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const;

/** A signature that is older, or from further ahead, is refused: somebody may have kept it. */
export const toleranceMs = 5 * 60_000;

const mark = 'whsec_';

/** The headers of a delivery that was made now. */
export function standardSignature(
  secret: string,
  { id, at, body }: { readonly id: string; readonly at: Instant; readonly body: Uint8Array },
): { readonly [name: string]: string } {
  const timestamp = String(Math.floor(at / 1000));
  const signature = `v1,${digestOf(secret, id, timestamp, body).toString('base64')}`;
  return {
    [standardHeaders.id]: id,
    [standardHeaders.timestamp]: timestamp,
    [standardHeaders.signature]: signature,
  };
}

/** Whether somebody who knows the secret has signed this body not long ago. Takes as long for a near miss as for a far one. */
export function isStandardSigned(
  secret: string,
  headers: { readonly [name: string]: string | readonly string[] | undefined },
  body: Uint8Array,
  now: Instant,
): boolean {
  const [id, timestamp, signature] = Object.values(standardHeaders).map((name) => headers[name]);
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') return false;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1000) > toleranceMs) return false;
  const expected = digestOf(secret, id, timestamp, body);
  // Whoever changes the secret sends two for a while.
  return signature
    .split(' ')
    .slice(0, 10)
    .map((text) => Buffer.from(/^v1,(?<digest>[A-Za-z0-9+/]+=*)$/.exec(text)?.groups?.['digest'] ?? '', 'base64'))
    .reduce(
      (isOne, digest) => (digest.length === expected.length && timingSafeEqual(digest, expected)) || isOne,
      false,
    );
}

function digestOf(secret: string, id: string, timestamp: string, body: Uint8Array): Buffer {
  const key = secret.startsWith(mark) ? Buffer.from(secret.slice(mark.length), 'base64') : secret;
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}
