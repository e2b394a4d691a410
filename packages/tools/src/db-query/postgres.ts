/**
 * PostgreSQL, one connection for each statement: nothing a statement does to its
 * session can reach another.
 *
 * A reading statement runs in a transaction that the server itself holds to be
 * read-only, as a role that can do no more than read, and may not name what
 * neither of the two holds back (./beyond-reading.ts). The extended protocol is
 * used always, so the server takes one statement and binds values apart from it.
 */
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { TelosError } from '@telos/core';
import type { Clock } from '@telos/core';
import type Pg from 'pg';
import type { Client, ClientConfig, QueryResult } from 'pg';
import { beyondReading } from './beyond-reading.ts';
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
  if (database.access === 'read') refuseBeyondReading(query.statement.text, database.shown);
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
      const session = await openSession(client, limits.timeoutMs);
      backend = session.backend;
      halt.throwIfAborted();
      if (database.access === 'read') await beginReading(client, session, database.shown);
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

function refuseBeyondReading(sql: string, shown: string): void {
  const found = beyondReading(sql);
  if (found === undefined) return;
  throw new TelosError('DB_ACCESS_REFUSED', `${found} is not allowed on ${shown}: the connection is read-only`, {
    next: 'Leave it out; where it is only a value, give it in `params`. A connection with `access: write` may use it.',
  });
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

type Session = { readonly backend: number; readonly superuser: boolean; readonly version: number };

/** Sets the session's bounds, and says who it is to the server. The process id is that by which a statement can be cancelled. */
async function openSession(client: Client, timeoutMs: number): Promise<Session> {
  await client.query(
    `SET statement_timeout = ${Math.round(timeoutMs)}; SET TIME ZONE 'UTC'; SET datestyle = ISO; SET intervalstyle = iso_8601`,
  );
  const { rows } = await client.query<Session>(
    `SELECT pg_backend_pid() AS backend, bool_or(rolsuper) AS superuser, current_setting('server_version_num')::int AS version
     FROM pg_catalog.pg_roles WHERE rolname IN (session_user, current_user)`,
  );
  return rows[0] ?? { backend: 0, superuser: true, version: 0 };
}

/**
 * Begins a transaction that can only read. Nothing binds a superuser, so one
 * reads as `pg_read_all_data`, from the schemas that it would have looked in;
 * a table whose rows are hidden from that role is an error, not fewer rows.
 */
async function beginReading(client: Client, { superuser, version }: Session, shown: string): Promise<void> {
  if (superuser) {
    if (version < 140_000) {
      throw new TelosError(
        'DB_ACCESS_REFUSED',
        `${shown} is read as a superuser, whom a read-only transaction does not bind`,
        { next: 'Connect as a role that is no superuser.' },
      );
    }
    await client.query(
      `SELECT set_config('search_path', array_to_string(ARRAY(SELECT quote_ident(name) FROM unnest(current_schemas(false)) AS name), ', '), false);
       SET ROLE pg_read_all_data; SET row_security = off`,
    );
  }
  // A transaction that has read something can no longer be made writable.
  await client.query('SET default_transaction_read_only = on; BEGIN TRANSACTION READ ONLY; SELECT 1');
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
      try {
        // What would only be thrown away need not be sent; but a writing statement must end in good order.
        if (!collected.add(columnsOf(result), row) && access === 'read') resolve(answer(result, columnsOf(result)));
      } catch (error) {
        reject(error);
      }
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
