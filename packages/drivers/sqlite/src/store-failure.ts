import { statfsSync } from 'node:fs';
import path from 'node:path';
import { TelosError } from '@telos/core';
import type { ErrorCode } from '@telos/core';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
const FULL = 13;
const IOERR = 10;
const codes: ReadonlyMap<number, { readonly code: ErrorCode; readonly says: string }> = new Map([
  [3, { code: 'STORE_UNAVAILABLE', says: 'may not be opened by this user' }],
  [5, { code: 'STORE_UNAVAILABLE', says: 'is locked by another process' }],
  [6, { code: 'STORE_UNAVAILABLE', says: 'is locked by another connection' }],
  [7, { code: 'STORE_UNAVAILABLE', says: 'needs more memory than there is' }],
  [8, { code: 'STORE_UNAVAILABLE', says: 'is read-only' }],
  [IOERR, { code: 'STORE_UNAVAILABLE', says: 'cannot be read or written' }],
  [11, { code: 'STORE_CORRUPT', says: 'is damaged' }],
  [FULL, { code: 'STORE_FULL', says: 'cannot grow: the disk is full' }],
  [14, { code: 'STORE_UNAVAILABLE', says: 'cannot be opened: is its folder there, and may this user write to it?' }],
  [26, { code: 'STORE_CORRUPT', says: 'is not an SQLite database' }],
]);

/** SQLite's primary result code, or undefined when the error is none of SQLite's. */
export function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/**
 * A failure of the file or the disk, as callers see it; undefined when the error
 * is something else, for example a broken rule of the schema.
 *
 * @param file The path as the user named it.
 */
export function storeFailureOf(error: unknown, file: string): TelosError | undefined {
  const result = resultCodeOf(error);
  if (result === undefined) return undefined;
  const known = codes.get(result === IOERR && diskIsFull(file) ? FULL : result);
  if (known === undefined) return undefined;
  return new TelosError(known.code, `The store ${file} ${known.says}.`, { cause: error, details: { file } });
}

/** A full disk shows as a plain I/O error where SQLite maps memory instead of writing. */
function diskIsFull(file: string): boolean {
  try {
    return statfsSync(path.dirname(file)).bavail === 0;
  } catch {
    return false;
  }
}
