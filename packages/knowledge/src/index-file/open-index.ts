/**
 * The index: one SQLite file with the passages of every collection.
 *
 * It holds nothing that cannot be built anew from the documents, so it is
 * written without waiting for the disk, and a file of another form is refused
 * rather than migrated. Each collection has a full-text table of its own, so
 * that its word statistics, and the cost of a search, are its own.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TelosError } from '@telos/core';

const form = 1;

const schema = `
  create table collections (
    id integer primary key,
    name text not null unique,
    -- what its vectors were made by; null before there are any
    embedding_model text,
    -- grows with every change, so that what was read into memory can be known to be stale
    generation integer not null default 0
  ) strict;
  create table documents (
    id integer primary key,
    collection integer not null references collections (id) on delete cascade,
    path text not null,
    source text not null,
    mtime_ms real not null,
    size integer not null,
    hash text not null,
    unique (collection, path)
  ) strict;
  create table passages (
    -- never used twice: a vector that arrives late must not meet another passage
    id integer primary key autoincrement,
    document integer not null references documents (id) on delete cascade,
    start_at integer not null,
    end_at integer not null,
    headings text not null,
    text text not null
  ) strict;
  create index passages_of_document on passages (document);
  create table vectors (
    passage integer primary key references passages (id) on delete cascade,
    -- the sign of each dimension, one bit each
    code blob not null,
    -- float32, of length 1
    vector blob not null
  ) strict;
  pragma user_version = ${form};
`;

/** @throws TelosError KNOWLEDGE_INDEX_DAMAGED, KNOWLEDGE_INDEX_BUSY. */
export function openIndex(file: string): DatabaseSync {
  if (file !== ':memory:') mkdirSync(path.dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5000 });
  try {
    database.exec('pragma journal_mode = wal; pragma synchronous = normal;');
    inTransaction(database, () => {
      const found = Number(database.prepare('pragma user_version').get()?.['user_version']);
      if (found === 0) database.exec(schema);
      else if (found !== form) {
        throw new TelosError(
          'KNOWLEDGE_INDEX_DAMAGED',
          `The search index has form ${found}; this version reads ${form}.`,
        );
      }
    });
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** All or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('begin immediate');
  try {
    const result = work();
    database.exec('commit');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

/** What went wrong with the file, as a TelosError; other errors as they are. */
export function indexFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const options = { cause: error };
  switch (error.errcode & 0xff) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
    case 8: // SQLITE_READONLY
    case 14: // SQLITE_CANTOPEN
      return new TelosError('KNOWLEDGE_INDEX_BUSY', `The search index cannot be written: ${error.message}.`, options);
    case 13: // SQLITE_FULL
      return new TelosError('STORE_FULL', 'The disk is full, so the search index cannot grow.', options);
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return new TelosError('KNOWLEDGE_INDEX_DAMAGED', `The search index cannot be read: ${error.message}.`, options);
    default:
      return error;
  }
}
