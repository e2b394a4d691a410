import { createHash, randomBytes } from 'node:crypto';
import { readApiKeyEntry, roleFault } from '@telos/contract';
import { TelosError } from '@telos/core';
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

/** @throws TelosError USAGE for what cannot stand before a key in TELOS_API_KEYS, wherever this one is kept. */
export function newKey(name: string, roles: readonly string[], namespace: string | undefined): NewKey {
  const key = `telos_${randomBytes(32).toString('base64url')}`;
  const digest = createHash('sha256').update(key, 'utf8').digest('hex');
  const place = namespace === undefined ? '' : `@${namespace}`;
  const holder = `${name}${roles.length === 0 ? '' : `:${roles.join('+')}`}${place}`;
  const entry = `${holder}=sha256:${digest}`;
  const read = readApiKeyEntry(entry);
  if (read.name !== name || read.key !== `sha256:${digest}` || read.namespace !== namespace) {
    throw new TelosError('USAGE', `\`${holder}\` cannot stand before a key.`, {
      next: 'Names and roles begin with a letter, and hold letters, digits, `_`, `.` and `-`; a namespace has no capitals.',
    });
  }
  const fault = roleFault(roles, nearest);
  if (fault !== undefined)
    throw new TelosError('USAGE', `--roles ${roles.join(',')}: ${fault}`, { next: 'See `telos keys --help`.' });
  return { key, digest, name, roles, ...(namespace === undefined ? {} : { namespace }), entry };
}
