/**
 * One connection to the file: opened, recognised, brought up to date.
 *
 * A file that is not ours, or newer than this code, is refused before anything
 * is written to it.
 */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { SQLOutputValue } from 'node:sqlite';
import { TelosError } from '@telos/core';
import { applicationId, migrations } from './schema.ts';
import { resultCodeOf, storeFailureOf } from './store-failure.ts';

/**
 * Of a new file; one that exists keeps its own. A page costs two calls of the
 * system whatever its size, and a hundred appends fill twenty of the usual 4096
 * bytes. Larger ones gain little more, and a run that is alone writes two or
 * three of them for each step.
 */
const pageBytes = 8192;

/**
 * Bytes of pages in the write-ahead log that cause a checkpoint, made by the commit
 * that reaches them. The pages that commits share (ends of tables, indexes) are
 * copied once for all of them, and that one commit still takes no more than some
 * 15 ms; with twice as much it takes twice as long and a step costs 3 % less.
 */
export const checkpointBytes = 16 * 1024 * 1024;

/**
 * @param busyMs How long a call waits for another process to finish its transaction.
 * @throws TelosError STORE_NEWER, STORE_FOREIGN, STORE_CORRUPT, STORE_UNAVAILABLE, STORE_FULL.
 */
export function openConnection(file: string, durability: 'full' | 'normal', busyMs: number): DatabaseSync {
  try {
    if (file !== ':memory:' && hasContent(file)) refuseUnknown(file, busyMs);
    const database = new DatabaseSync(file, { timeout: busyMs });
    try {
      prepare(database, durability, busyMs);
      migrate(database, file);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw storeFailureOf(error, file) ?? error;
  }
}

/** Looks at the file through a read-only connection, which leaves even an unfinished log as it is. */
function refuseUnknown(file: string, busyMs: number): void {
  const database = new DatabaseSync(file, { timeout: busyMs, readOnly: true });
  try {
    checkVersion(database, file);
  } finally {
    database.close();
  }
}

function checkVersion(database: DatabaseSync, file: string): number {
  const application = readNumber(database, 'PRAGMA application_id');
  const version = readNumber(database, 'PRAGMA user_version');
  const empty = readNumber(database, 'SELECT count(*) FROM sqlite_schema') === 0;
  if (application !== applicationId && !(empty && application === 0 && version === 0)) {
    throw new TelosError('STORE_FOREIGN', `${file} is a database of another program.`, { details: { file } });
  }
  if (version > migrations.length) {
    throw new TelosError(
      'STORE_NEWER',
      `The store ${file} has version ${version}; this Telos knows versions up to ${migrations.length}.`,
      { details: { file, version, known: migrations.length } },
    );
  }
  return version;
}

function prepare(database: DatabaseSync, durability: 'full' | 'normal', busyMs: number): void {
  if (readOne(database, 'PRAGMA journal_mode') !== 'wal')
    patiently(() => database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = WAL`), busyMs);
  database.exec(`
    PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'};
    PRAGMA wal_autocheckpoint = ${checkpointBytes / pageBytes};
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -8192;
    PRAGMA foreign_keys = ON;
  `);
}

/** Entering WAL mode needs the file alone and does not always wait its turn: several processes may start at once. */
function patiently(act: () => void, busyMs: number): void {
  const deadline = performance.now() + busyMs;
  for (;;) {
    try {
      act();
      return;
    } catch (error) {
      if (resultCodeOf(error) !== 5 || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** Runs what is missing in one transaction; of several processes that start at once, one does the work. */
function migrate(database: DatabaseSync, file: string): void {
  if (checkVersion(database, file) === migrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const step of migrations.slice(checkVersion(database, file))) database.exec(step);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function hasContent(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function readOne(database: DatabaseSync, sql: string): SQLOutputValue | undefined {
  return Object.values(database.prepare(sql).get() ?? {})[0];
}

function readNumber(database: DatabaseSync, sql: string): number {
  return Number(readOne(database, sql));
}
