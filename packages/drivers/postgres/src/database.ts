/**
 * The way to the server: a few connections, made when needed and made anew when
 * lost. Nothing waits for ever: connecting, and every statement, has its time.
 *
 * No statement relies on what another has done to its session, so each may go
 * to whichever connection a pooler gives it.
 */
import { TelosError } from '@telos/core';
import pg from 'pg';
import type { Pool, PoolClient } from 'pg';
import type { ConnectionUrl } from './connection-url.ts';
import { codeOf, isAnswer, storeFailureOf } from './store-failure.ts';

export type Statement = {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Kept prepared under this name where that is safe. */
  readonly name?: string;
};

/** Runs one statement, or without values several, on the session's connection. */
export type Session = (text: string, values?: readonly unknown[], answerMs?: number) => Promise<readonly unknown[]>;

export interface Database {
  readonly shown: string;
  /** The rows that a statement gives. @throws TelosError STORE_UNAVAILABLE and the like; else what the server said. */
  query(statement: Statement): Promise<readonly unknown[]>;
  /** As `query`, on a connection that is kept for commits: no long query stands in their way. */
  commit(statement: Statement): Promise<readonly unknown[]>;
  /** As `commit`, on another such connection, so that two are under way; undefined where there is none to spare. */
  readonly commitBeside: ((statement: Statement) => Promise<readonly unknown[]>) | undefined;
  /** Runs what needs one connection from its beginning to its end. */
  session<T>(act: (session: Session) => Promise<T>): Promise<T>;
  /** Connects, and finds out what stands in between. */
  probe(): Promise<{ readonly isPooled: boolean; readonly prepares: boolean }>;
  readonly isClosed: boolean;
  close(): Promise<void>;
}

export type DatabaseTimes = {
  readonly connectMs?: number;
  readonly answerMs?: number;
};

/** A statement that is not known under its name, or known as another: a pooler stands in between. Nothing was carried out. */
const lostPreparation = /^(26000|42P05)$/;

export function openDatabase(
  url: ConnectionUrl,
  { connectMs = 5000, answerMs = 10_000 }: DatabaseTimes = {},
): Database {
  const pool = (max: number): Pool => {
    const made = new pg.Pool({
      ...url.client,
      max,
      connectionTimeoutMillis: connectMs,
      query_timeout: answerMs,
      idleTimeoutMillis: 60_000,
    });
    // A connection that breaks while nothing is asked of it leaves the pool, and has nobody to tell.
    made.on('error', () => undefined);
    made.on('connect', (client) => client.on('error', () => undefined));
    return made;
  };
  const committing = keptLane(lane(pool(1), 1));
  const beside = url.connections > 2 ? keptLane(lane(pool(1), 1)) : undefined;
  const forQueries = url.connections - (beside === undefined ? 1 : 2);
  const querying = lane(pool(forQueries), forQueries);
  let prepares = url.prepare === 'on';
  let closed: Promise<unknown> | undefined;

  async function withClient<T>(from: Lane, act: (client: PoolClient) => Promise<T>): Promise<T> {
    if (closed !== undefined) {
      throw new TelosError('STORE_UNAVAILABLE', `The store ${url.shown} was closed.`, {
        details: { store: url.shown },
      });
    }
    let client: PoolClient | undefined;
    try {
      client = await from.take();
      const done = await act(client);
      from.give(client, true);
      return done;
    } catch (error) {
      if (client !== undefined) from.give(client, isAnswer(error));
      throw storeFailureOf(error, url.shown) ?? error;
    }
  }

  async function run(from: Lane, statement: Statement): Promise<readonly unknown[]> {
    return withClient(from, async (client) => {
      const { text, name } = statement;
      const values = statement.values.map(storable);
      if (!prepares || name === undefined) return (await client.query<object>({ text, values })).rows;
      try {
        return (await client.query<object>({ text, values, name })).rows;
      } catch (error) {
        if (!lostPreparation.test(codeOf(error) ?? '')) throw error;
        prepares = false;
        return (await client.query<object>({ text, values })).rows;
      }
    });
  }

  return {
    shown: url.shown,
    query: (statement) => run(querying, statement),
    commit: (statement) => run(committing, statement),
    commitBeside: beside === undefined ? undefined : (statement) => run(beside, statement),
    session: (act) =>
      withClient(querying, (client) =>
        act(async (text, values, ownMs = answerMs) => {
          const query = { text, query_timeout: ownMs, ...(values === undefined ? {} : { values: [...values] }) };
          return (await client.query<object>(query)).rows;
        }),
      ),
    probe: () =>
      withClient(querying, async (client) => {
        const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        // A pooler gives its clients a number of its own, for the server behind it changes.
        const isPooled = rows[0]?.pid !== backendOf(client);
        if (url.prepare === 'auto') prepares = !isPooled;
        return { isPooled, prepares };
      }),
    get isClosed() {
      return closed !== undefined;
    },
    async close() {
      closed ??= Promise.all([committing.end(), beside?.end(), querying.end()]);
      await closed;
    },
  };
}

/** Where statements find a connection. */
type Lane = {
  take(): Promise<PoolClient>;
  /** @param isSound Whether the connection may be used again. */
  give(client: PoolClient, isSound: boolean): void;
  end(): Promise<void>;
};

/**
 * Whoever finds all connections in use waits for one as long as it takes: the statements before it have their times, so
 * ten thousand that come at once are all carried out. The pool would count that wait against the time for connecting.
 * When the server cannot be reached, all who wait hear of it.
 */
function lane(pool: Pool, connections: number): Lane {
  const taking = new Set<Promise<PoolClient>>();
  const waiting = new Set<PromiseWithResolvers<void>>();
  let inUse = 0;

  function free(): void {
    const [next] = waiting;
    if (next === undefined) inUse -= 1;
    else {
      waiting.delete(next);
      next.resolve();
    }
  }

  async function connection(): Promise<PoolClient> {
    if (inUse < connections) inUse += 1;
    else {
      const turn = Promise.withResolvers<void>();
      waiting.add(turn);
      await turn.promise;
    }
    try {
      return await pool.connect();
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      waiting.clear();
      free();
      throw error;
    }
  }

  return {
    async take() {
      const taken = connection();
      taking.add(taken);
      try {
        return await taken;
      } finally {
        taking.delete(taken);
      }
    },
    give(client, isSound) {
      client.release(!isSound);
      free();
    },
    async end() {
      // A pool that ends leaves those without an answer who have just asked it for a connection.
      await Promise.allSettled(taking);
      await pool.end();
    },
  };
}

/** One connection, for one statement after the other: kept in between, which spares each the way through the pool. */
function keptLane(from: Lane): Lane {
  let kept: PoolClient | undefined;
  let isInUse = false;
  const waiting: (() => void)[] = [];
  const drop = (isSound: boolean): void => {
    if (kept !== undefined) from.give(kept, isSound);
    kept = undefined;
  };
  const free = (): void => {
    const next = waiting.shift();
    if (next === undefined) isInUse = false;
    else next();
  };
  async function keep(): Promise<PoolClient> {
    const client = await from.take();
    // Broken while nothing was asked of it: the next statement gets another.
    client.once('error', () => {
      if (kept === client) drop(false);
    });
    kept = client;
    return client;
  }
  return {
    async take() {
      if (isInUse) await new Promise<void>((resolve) => waiting.push(resolve));
      isInUse = true;
      try {
        return kept ?? (await keep());
      } catch (error) {
        free();
        throw error;
      }
    },
    give(client, isSound) {
      if (!isSound && kept === client) drop(false);
      free();
    },
    end() {
      drop(true);
      return from.end();
    },
  };
}

/** The process that the other side said serves this connection. */
function backendOf(client: PoolClient): number | null {
  // Safe: the client's own field, which its types leave out.
  return (client as unknown as { readonly processID: number | null }).processID;
}

/** PostgreSQL's texts hold no zero: nothing that is stored could equal one that does. */
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}
