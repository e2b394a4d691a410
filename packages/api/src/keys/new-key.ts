import { createHash, randomBytes } from 'node:crypto';
import { readApiKeyEntry, roleFault } from '@telos/contract';
import type { Instant, KeptKey } from '@telos/core';
import { nearest } from '@telos/language/text';

export type NewKey = {
  /** To be shown once, and kept nowhere. */
  readonly key: string;
  /** 64 hexadecimal digits. */
  readonly digest: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly namespace?: string;
  /** By which TELOS_API_KEYS knows it. */
  readonly entry: string;
};

export type KeyHolder = { readonly name: string; readonly roles: readonly string[]; readonly namespace?: string };

/** @returns what keeps one from being made: what cannot stand before a key in TELOS_API_KEYS can nowhere. */
export function newKey({ name, roles, namespace }: KeyHolder): NewKey | { readonly fault: string } {
  const key = `telos_${randomBytes(32).toString('base64url')}`;
  const digest = createHash('sha256').update(key, 'utf8').digest('hex');
  const place = namespace === undefined ? '' : `@${namespace}`;
  const holder = `${name}${roles.length === 0 ? '' : `:${roles.join('+')}`}${place}`;
  const entry = `${holder}=sha256:${digest}`;
  const read = readApiKeyEntry(entry);
  if (read.name !== name || read.key !== `sha256:${digest}` || read.namespace !== namespace)
    return {
      fault: `\`${holder}\` cannot stand before a key: names and roles begin with a letter, and hold letters, digits, \`_\`, \`.\` and \`-\`; a namespace has no capitals`,
    };
  const fault = roleFault(roles, nearest);
  if (fault !== undefined) return { fault };
  return { key, digest, name, roles, ...(namespace === undefined ? {} : { namespace }), entry };
}

/** As the store keeps it: by its digest alone. */
export function keptKey({ digest, name, roles, namespace }: NewKey, createdAt: Instant, expiresAt?: Instant): KeptKey {
  return {
    id: `${name}-${digest.slice(0, 8)}`,
    digest,
    name,
    roles,
    ...(namespace === undefined ? {} : { namespace }),
    createdAt,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}
