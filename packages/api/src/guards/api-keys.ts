/**
 * API keys: who may call this server.
 *
 * Only digests are held. A key is compared by digest in constant time against
 * every key, so that neither its content nor its place in the list shows.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { TelosError } from '@telos/core';

export type ApiKeys = { readonly digests: readonly Uint8Array[] };

const shortest = 16;

/**
 * Reads `TELOS_API_KEYS`: keys, or `sha256:` and the digest of one, separated by commas.
 *
 * @throws TelosError API_KEYS_INVALID, which names the place in the list and never the key.
 */
export function parseApiKeys(setting: string): ApiKeys {
  const entries = setting.split(',').map((entry) => entry.trim());
  const digests = entries.map((entry, index) => {
    if (entry.startsWith('sha256:')) {
      if (/^sha256:[0-9a-f]{64}$/.test(entry)) return new Uint8Array(Buffer.from(entry.slice(7), 'hex'));
    } else if (entry.length >= shortest && /^[\x21-\x7e]+$/.test(entry)) {
      return digestOf(entry);
    }
    throw new TelosError('API_KEYS_INVALID', `Key ${index + 1} of ${entries.length} in TELOS_API_KEYS cannot be used.`);
  });
  return { digests };
}

/** Whether this is one of the keys. */
export function isKnownKey(keys: ApiKeys, presented: string): boolean {
  const digest = digestOf(presented);
  let known = false;
  for (const candidate of keys.digests) {
    const same = timingSafeEqual(candidate, digest);
    known = known || same;
  }
  return known;
}

function digestOf(key: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(key, 'utf8').digest());
}
