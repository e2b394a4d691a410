/**
 * SQLite, each statement in a process beside this one (see ./sqlite-child.ts), so
 * that it neither blocks the engine nor outlives a cancel. A few processes are
 * kept for the next statement; idle ones keep nothing alive.
 */
import { TelosError } from '@telos/core';
import type { Clock, Json } from '@telos/core';
import { ask, createProcessPool } from '../process-pool.ts';
import type { Answer, Database, Query } from './database.ts';
import { RowCollector, distinctNames } from './json-value.ts';
import type { SqliteReply, SqliteRequest } from './sqlite-child.ts';

const maxProcesses = 2;

export type SqliteRunner = (database: Database & { readonly kind: 'sqlite' }, query: Query) => Promise<Answer>;

export function createSqliteRunner(clock: Clock): SqliteRunner {
  const file = import.meta.url.endsWith('.ts') ? './sqlite-child.ts' : './sqlite-child.js';
  const processes = createProcessPool(new URL(file, import.meta.url), { most: maxProcesses });

  return async (database, { statement, values, limits, signal }) => {
    const ended = new AbortController();
    const deadline = new AbortController();
    void clock.sleep(limits.timeoutMs, ended.signal).then(() => deadline.abort());
    const stop = AbortSignal.any([signal, deadline.signal]);
    try {
      const child = await processes.take(stop);
      const request: SqliteRequest = {
        file: database.file,
        access: database.access,
        sql: statement.text,
        values: values.map(bound),
        maxRows: limits.maxRows,
        maxBytes: limits.maxBytes,
      };
      const reply = await ask<SqliteReply>(child, request, {
        signal: stop,
        read: (message) => message as SqliteReply, // only the child writes to this channel
        ended: () => new TelosError('DB_UNAVAILABLE', 'The process that runs SQLite ended early'),
      });
      processes.giveBack(child);
      if ('error' in reply) throw sqliteError(reply.error, database, statement.text);
      const columns = distinctNames(reply.columns);
      const collected = new RowCollector(limits);
      for (const row of reply.rows) collected.add(columns, row);
      return {
        columns,
        rows: collected.rows,
        truncated: reply.truncated || collected.truncated,
        ...(columns.length === 0 ? { changes: reply.changes } : {}),
      };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (deadline.signal.aborted) {
        throw new TelosError('DB_TIMEOUT', `The statement on ${database.shown} ran longer than ${limits.timeoutMs} ms`);
      }
      throw error;
    } finally {
      ended.abort();
    }
  };
}

/** A JSON value as SQLite binds it: whole numbers as integers, booleans as 1 and 0, lists and objects as JSON text. */
function bound(value: Json): null | string | number | bigint {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return JSON.stringify(value);
}

function sqliteError(
  error: { readonly message: string; readonly code: number },
  database: Database,
  sql: string,
): TelosError {
  const { code } = error;
  const details = { database: database.shown, sqlite_code: code };
  if (code === 23 || code === 8) {
    const why =
      database.access === 'read'
        ? 'the connection is read-only'
        : 'it reaches beyond the database or changes its settings';
    return new TelosError('DB_ACCESS_REFUSED', `The statement on ${database.shown} is not allowed: ${why}`, {
      details,
    });
  }
  if (code === 5 || code === 6)
    return new TelosError('DB_BUSY', `${database.shown} is locked by another writer`, { details });
  if (code === 14) return new TelosError('DB_CONNECTION_INVALID', `${database.shown} cannot be opened`, { details });
  if (code === 11 || code === 26) {
    return new TelosError('DB_CONNECTION_INVALID', `${database.shown} is not a whole SQLite database`, { details });
  }
  const position = positionIn(sql, error.message);
  const at = position === undefined ? '' : ` (at character ${position})`;
  return new TelosError('DB_QUERY_FAILED', `${database.shown}: ${error.message}${at}`, {
    details: { ...details, ...(position === undefined ? {} : { position }) },
  });
}

/** Where the word stands that SQLite names, counted from 1; undefined where it stands nowhere, or more than once. */
function positionIn(sql: string, message: string): number | undefined {
  const near = /^near "(.+)": syntax error$|^(?:no such (?:column|table|function)): (?:.*\.)?(.+)$/s.exec(message);
  const word = near?.[1] ?? near?.[2];
  if (word === undefined) return undefined;
  const at = sql.indexOf(word);
  // Parameters were named otherwise in what its author wrote.
  return at === -1 || sql.includes(word, at + 1) || /\?\d/.test(sql.slice(0, at)) ? undefined : at + 1;
}
