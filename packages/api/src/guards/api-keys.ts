/**
 * API keys: who may call this server.
 *
 * Only digests are held. A key is compared by digest in constant time against
 * every key, so that neither its content nor its place in the list shows.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readApiKeyEntry, roleFault } from '@telos/contract';
import { TelosError } from '@telos/core';
import { nearest } from '@telos/language/text';
import type { Person } from '../steer/person.ts';

/** Each key's digest, and whom it was given to. */
export type ApiKeys = { readonly holders: readonly (Person & { readonly digest: Uint8Array })[] };

const shortest = 16;

/**
 * Reads `TELOS_API_KEYS`: keys, or `sha256:` and the digest of one, separated by commas; each perhaps behind whom it
 * was given to: `anna:editor+legal=<key>`.
 *
 * @throws TelosError API_KEYS_INVALID, which names the place in the list and never the key.
 */
export function parseApiKeys(setting: string): ApiKeys {
  const entries = setting.split(',').map((entry) => entry.trim());
  const holders = entries.map((entry, index) => {
    const { key, ...person } = readApiKeyEntry(entry);
    const place = `Key ${index + 1} of ${entries.length} in TELOS_API_KEYS`;
    const fault = roleFault(person.roles, nearest);
    if (fault !== undefined) throw new TelosError('API_KEYS_INVALID', `${place}: ${fault}`);
    if (key.startsWith('sha256:')) {
      if (/^sha256:[0-9a-f]{64}$/.test(key))
        return { ...person, digest: new Uint8Array(Buffer.from(key.slice(7), 'hex')) };
    } else if (key.length >= shortest && /^[\x21-\x7e]+$/.test(key)) {
      return { ...person, digest: digestOf(key) };
    }
    throw new TelosError('API_KEYS_INVALID', `${place} cannot be used.`);
  });
  return { holders };
}

/** The holder of this key, without its digest; undefined when it is none of them. */
export function holderOf<H extends { readonly digest: Uint8Array }>(
  { holders }: { readonly holders: readonly H[] },
  presented: string,
): Omit<H, 'digest'> | undefined {
  const digest = digestOf(presented);
  let holder: H | undefined;
  for (const candidate of holders) {
    const same = timingSafeEqual(candidate.digest, digest);
    if (same) holder ??= candidate;
  }
  if (holder === undefined) return undefined;
  const { digest: _digest, ...rest } = holder;
  return rest;
}

/** Tells keys apart, without holding any. */
export function fingerprintOf(key: string): string {
  return Buffer.from(digestOf(key)).toString('base64');
}

function digestOf(key: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(key, 'utf8').digest());
}
