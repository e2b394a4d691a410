import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { TelosError } from '@telos/core';
import type { Store } from '@telos/core';
import { openSqliteStore } from '@telos/driver-sqlite';
import type { Config } from '../config/config.ts';

/**
 * Opens the store that the settings name; makes its folder when missing.
 * @throws TelosError STORE_UNAVAILABLE and what the driver throws.
 */
export async function openStore({ database, durability }: Config): Promise<Store> {
  if (database.kind === 'postgres') {
    // Loaded by those alone who use it.
    const { openPostgresStore } = await import('@telos/driver-postgres');
    return openPostgresStore({ url: database.url });
  }
  const { path } = database;
  if (path !== ':memory:') ensureFolder(dirname(path));
  return openSqliteStore({ path, durability });
}

/** Where runs are kept, as it may be shown to anybody. */
export function shownPlace({ database }: Config): string {
  if (database.kind === 'sqlite') return database.path;
  const { hostname, port, pathname } = new URL(database.url);
  return `PostgreSQL at ${hostname === '' ? 'a local socket' : hostname}${port === '' ? '' : `:${port}`}, database ${pathname.slice(1)}`;
}

/** Makes a folder that may be written to. @throws TelosError STORE_UNAVAILABLE */
export function ensureFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new TelosError('STORE_UNAVAILABLE', `The folder ${folder} cannot be written to (${code}).`, {
      next: 'Name another folder with TELOS_HOME, or give this account the right to write there.',
      cause: error,
    });
  }
}

/** One folder after the other: `recursive` never returns where a folder is there and takes none, as /proc does. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
