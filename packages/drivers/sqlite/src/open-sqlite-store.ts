import type { Clock, Store } from '@telos/core';
import { openConnection } from './connection.ts';
import { sqliteStore } from './sqlite-store.ts';

export type SqliteStoreOptions = {
  /** The file, made when missing; its folder must exist. `:memory:` keeps everything in memory until `close`. */
  readonly path: string;
  /**
   * `full` (the default): what was acknowledged survives a power cut. `normal`: it survives
   * the death of the process, and a power cut may undo the last commits but never damages the file.
   */
  readonly durability?: 'full' | 'normal';
  /** How long a call waits while another process holds the file's write lock, in milliseconds; 5000 when absent. */
  readonly busyMs?: number;
  /** Time for leases and for noticing other processes; the machine's when absent. */
  readonly clock?: Clock;
};

/**
 * Opens a store in one SQLite file. Several processes may open the same file.
 *
 * @throws TelosError STORE_UNAVAILABLE (no folder, no permission, locked), STORE_FULL, STORE_CORRUPT,
 *   STORE_NEWER and STORE_FOREIGN; the last three leave the file as it is.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, durability = 'full', busyMs = 5000, clock } = options;
  return sqliteStore(openConnection(path, durability, busyMs), path, clock);
}
