/**
 * PostgreSQL, one connection for each statement: nothing a statement does to its
 * session can reach another.
 *
 * A reading statement runs in a transaction that the server itself holds to be
 * read-only. The extended protocol is used always, so the server takes one
 * statement and binds values apart from it.
 */
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { TelosError } from '@telos/core';
import type { Clock } from '@telos/core';
import type Pg from 'pg';
import type { Client, ClientConfig, QueryResult } from 'pg';
import type { Answer, Database, Query } from './database.ts';
import { RowCollector, distinctNames } from './json-value.ts';
import { postgresConnection } from './postgres-connection.ts';
import { postgresError } from './postgres-error.ts';
import { parserOf } from './postgres-types.ts';

type Postgres = Database & { readonly kind: 'postgres' };
type Driver = typeof Pg;

/** How many times the bytes of a whole answer a single row may have; more than once, so that it is marked as cut and not refused. */
const rowFactor = 8;

export async function queryPostgres(database: Postgres, query: Query, clock: Clock): Promise<Answer> {
  const { limits, signal } = query;
  signal.throwIfAborted();
  const [{ default: driver }, { parse: parseArray }] = await Promise.all([import('pg'), import('postgres-array')]);
  const config = await postgresConnection(database);
  const client = connectionTo(driver, config);
  let backend: number | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= stopBackend(driver, config, client, backend);
  };
  const ended = new AbortController();
  const deadline = new AbortController();
  // The server's own timeout comes first; this one is for a server that does not answer at all.
  void clock.sleep(limits.timeoutMs + 5000, ended.signal).then(() => deadline.abort());
  const halt = AbortSignal.any([signal, deadline.signal]);
  halt.addEventListener('abort', stop, { once: true });
  try {
    return await unlessHalted(halt, async () => {
      await client.connect();
      backend = await openSession(client, database.access, limits.timeoutMs);
      halt.throwIfAborted();
      return collect(driver, client, query, database, parseArray);
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (deadline.signal.aborted)
      throw new TelosError('DB_TIMEOUT', `${database.shown} did not answer within ${limits.timeoutMs} ms`);
    throw postgresError(error, database);
  } finally {
    halt.removeEventListener('abort', stop);
    ended.abort();
    // A halted connection closes behind the caller's back: its server may not answer for long.
    if (stopping === undefined) await client.end().catch(() => undefined);
  }
}

function connectionTo(driver: Driver, config: ClientConfig): Client {
  const client = new driver.Client(config);
  // A connection that breaks while nothing is asked of it has nobody to tell.
  client.on('error', () => undefined);
  return client;
}

/** What `work` gives, or the signal's reason as soon as it aborts. */
async function unlessHalted<T>(halt: AbortSignal, work: () => Promise<T>): Promise<T> {
  halt.throwIfAborted();
  const { promise: halted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(halt.reason);
  halt.addEventListener('abort', onAbort, { once: true });
  try {
    const working = work();
    working.catch(() => undefined); // when halted, nobody is left to hear of it
    return await Promise.race([working, halted]);
  } finally {
    halt.removeEventListener('abort', onAbort);
  }
}

/** Sets the session's bounds, and gives the server's process id, by which the statement can be cancelled. */
async function openSession(client: Client, access: 'read' | 'write', timeoutMs: number): Promise<number> {
  await client.query(
    `SET statement_timeout = ${Math.round(timeoutMs)}; SET TIME ZONE 'UTC'; SET datestyle = ISO; SET intervalstyle = iso_8601`,
  );
  if (access === 'read') await client.query('SET default_transaction_read_only = on; BEGIN TRANSACTION READ ONLY');
  // A transaction that has read something can no longer be made writable.
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

function collect(
  driver: Driver,
  client: Client,
  query: Query,
  { access, shown }: Postgres,
  parseArray: (text: string, parse: (text: string) => unknown) => unknown,
): Promise<Answer> {
  const { statement, values, limits } = query;
  const collected = new RowCollector(limits);
  const config = {
    text: statement.text,
    values: [...values],
    rowMode: 'array' as const,
    queryMode: 'extended',
    types: { getTypeParser: (oid: number) => parserOf(oid, parseArray) },
  };
  return new Promise((resolve, reject) => {
    const running = client.query(new driver.Query<unknown[]>(config));
    const answer = (result: Pick<QueryResult, 'fields' | 'rowCount'>, columns: readonly string[]): Answer => ({
      columns,
      rows: collected.rows,
      truncated: collected.truncated,
      ...(result.fields.length === 0 ? { changes: result.rowCount ?? 0 } : {}),
    });
    boundRows(client, running, limits.maxBytes * rowFactor, (bytes) =>
      reject(
        new TelosError('DB_QUERY_FAILED', `${shown}: a row has more than ${bytes} bytes`, {
          next: 'Select less of it: a part of the text, or only its length.',
        }),
      ),
    );
    let columns: readonly string[] | undefined;
    const columnsOf = (result: { readonly fields: readonly { readonly name: string }[] }): readonly string[] =>
      (columns ??= distinctNames(result.fields.map((field) => field.name)));
    running.on('row', (row: unknown[], result) => {
      if (result === undefined) return;
      // What would only be thrown away need not be sent; but a writing statement must end in good order.
      if (!collected.add(columnsOf(result), row) && access === 'read') resolve(answer(result, columnsOf(result)));
    });
    running.on('end', (result) => resolve(answer(result, columnsOf(result))));
    running.on('error', reject);
  });
}

/** The driver holds a row whole before anybody sees it, so one that is far too large is stopped on the wire. */
function boundRows(client: Client, rows: EventEmitter, maxBytes: number, onExceeded: (bytes: number) => void): void {
  // Safe: the driver's own field, which its types leave out.
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Duplex } }).connection;
  let sinceRow = 0;
  rows.on('row', () => {
    sinceRow = 0;
  });
  stream.on('data', (chunk: Uint8Array) => {
    sinceRow += chunk.byteLength;
    if (sinceRow <= maxBytes) return;
    onExceeded(maxBytes);
    stream.destroy();
  });
}

/** Cancels what the server does for a connection, over a second one, and closes both. */
async function stopBackend(
  driver: Driver,
  config: ClientConfig,
  client: Client,
  backend: number | undefined,
): Promise<void> {
  if (backend !== undefined) {
    const second = connectionTo(driver, config);
    try {
      await second.connect();
      await second.query('SELECT pg_cancel_backend($1)', [backend]);
    } catch {
      // The server is out of reach; closing the first connection is all that is left.
    } finally {
      await second.end().catch(() => undefined);
    }
  }
  await client.end().catch(() => undefined);
}
