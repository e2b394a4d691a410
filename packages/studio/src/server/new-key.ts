/** An idempotency key: random enough to be nobody else's; `randomUUID` exists only on secure origins. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
