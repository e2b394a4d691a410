/** What callers are told while the server is away, slow, read-only, full or broken, and that it passes. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { TelosError } from '@telos/core';
import type { Store } from '@telos/core';
import { anOwnedRun, describeWhere, runStarted, runSucceeded, stepStarted, stepSucceeded } from '@telos/testkit';
import { startLossyProxy } from '@telos/testkit/servers/lossy-proxy';
import { findPostgres, startPostgres } from '@telos/testkit/servers/postgres';
import type { RestartableServer } from '@telos/testkit/servers/private-server';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openPostgresStore } from './open-postgres-store.ts';
import type { PostgresStoreOptions } from './open-postgres-store.ts';

const describeWithServer = describeWhere(findPostgres() !== undefined, 'PostgreSQL is not installed');

let server: RestartableServer;
beforeAll(async () => {
  if (findPostgres() !== undefined) server = await startPostgres();
}, 60_000);
afterAll(async () => server?.stop());

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function opened(more: Partial<PostgresStoreOptions> = {}): Promise<Store> {
  const store = await openPostgresStore({ url: server.url, ...more });
  closing.push(() => store.close());
  return store;
}

/** What the server's owner does to it; gives the rows of the last statement. */
async function admin(...statements: readonly string[]): Promise<readonly { readonly [column: string]: unknown }[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    let rows: readonly { readonly [column: string]: unknown }[] = [];
    for (const statement of statements) rows = (await client.query<{ [column: string]: unknown }>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

async function failureOf(promise: Promise<unknown>): Promise<TelosError> {
  const outcome = await promise.then(
    () => 'it was fulfilled',
    (error: unknown) => error,
  );
  if (outcome instanceof TelosError) return outcome;
  throw new Error(`Expected a TelosError: ${String(outcome)}`);
}

/** Appends until it is taken, as an owner does that has patience with its store. */
async function insist(store: Store, ...append: Parameters<Store['journal']['append']>): Promise<number> {
  for (;;) {
    try {
      return await store.journal.append(...append);
    } catch (error) {
      if (!(error instanceof TelosError) || error.code !== 'STORE_UNAVAILABLE') throw error;
      await delay(20);
    }
  }
}

describeWithServer('a server that cannot be reached', () => {
  it('is told as STORE_UNAVAILABLE, without the password', async () => {
    const failure = await failureOf(openPostgresStore({ url: 'postgres://telos:hunter2@127.0.0.1:1/runs' }));
    expect(failure).toMatchObject({ code: 'STORE_UNAVAILABLE', kind: 'retryable' });
    expect(failure.message).toContain('postgres://telos@127.0.0.1:1/runs');
    expect(`${failure.stack} ${JSON.stringify(failure)} ${String(failure.cause)}`).not.toContain('hunter2');
  });

  it('is given up when it takes the connection and says nothing', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo; // it listens on TCP
    const url = `postgres://telos:hunter2@127.0.0.1:${port}/runs`;
    expect(await failureOf(openPostgresStore({ url, connectMs: 100 }))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    silent.close();
  });

  it('is told as STORE_UNAVAILABLE when it has no such database', async () => {
    const url = new URL(server.url);
    url.pathname = '/nonesuch';
    expect(await failureOf(openPostgresStore({ url: url.href }))).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('database "nonesuch" does not exist') as unknown,
    });
  });
});

describeWithServer('a server that goes away and comes back', () => {
  it.each(['SIGINT', 'SIGQUIT'] as const)(
    'loses nothing, stores nothing twice and fails every call meanwhile at once (%s)',
    async (signal) => {
      const store = await opened();
      const followed = await anOwnedRun(store);
      const seen = Array.fromAsync(store.journal.follow(followed.run, 0, new AbortController().signal));
      const acknowledged = { count: 0 };
      const over = new AbortController();
      const writers = Array.from({ length: 10 }, async () => {
        const lease = await anOwnedRun(store);
        let last = 1;
        while (!over.signal.aborted) {
          last = await insist(store, lease, last, [stepSucceeded(`s${last}`), stepStarted(`s${last + 1}`)]);
          acknowledged.count += 1;
        }
        return { run: lease.run, last };
      });
      const progress = async (): Promise<void> => {
        const goal = acknowledged.count + 200;
        while (acknowledged.count < goal) await delay(5);
      };
      for (let times = 0; times < 2; times += 1) {
        await progress();
        await server.halt(signal);
        expect(await failureOf(store.runs.count({}))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
        await server.restart();
        await insist(store, followed, times + 1, [stepStarted(`after ${times + 1}`)]);
      }
      await progress();
      over.abort();
      await insist(store, followed, 3, [runSucceeded()]);
      // Whoever had begun to follow has stayed.
      expect((await seen).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
      for (const { run, last } of await Promise.all(writers)) {
        const recorded = await Array.fromAsync(store.journal.read(run));
        expect(recorded.map(({ seq }) => seq)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
        for (const { seq, event } of recorded) {
          if (seq > 1) expect(event).toMatchObject({ path: `s${seq - 1}` });
        }
        expect(await store.runs.get(run)).toMatchObject({ seq: last });
      }
    },
    30_000,
  );
});

describeWithServer('connections that break while nothing is asked of them', () => {
  it('are made anew, and nobody is told', async () => {
    const store = await opened({ url: `${server.url}?application_name=broken` });
    const lease = await anOwnedRun(store);
    await store.runs.count({});
    const mine = `FROM pg_stat_activity WHERE application_name = 'broken'`;
    const [{ broken } = { broken: 0 }] = await admin(`SELECT count(pg_terminate_backend(pid))::int AS broken ${mine}`);
    expect(broken).toBe(2);
    await expect.poll(() => admin(`SELECT pid ${mine}`)).toEqual([]);
    expect(await store.journal.append(lease, 1, [runStarted()])).toBe(2);
    expect(await store.runs.get(lease.run)).toMatchObject({ seq: 2 });
  });
});

describeWithServer('an append whose answer is lost', () => {
  it('is told as STORE_UNAVAILABLE, stands, and is answered when it is made again', async () => {
    const proxy = await startLossyProxy(server.url);
    closing.push(() => proxy.stop());
    const store = await opened({ url: proxy.url });
    const direct = await opened();
    const lease = await anOwnedRun(store);
    await store.inbox.post(lease.run, { id: 'm', kind: 'cancel', reason: 'stop' });
    const events = [runStarted(), stepStarted('a')];
    proxy.loseWhen(() => proxy.lost() < 1);
    const first = store.journal.append(lease, 1, events, ['m']);
    expect(await failureOf(first)).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await direct.runs.get(lease.run)).toMatchObject({ seq: 3 });
    expect(await store.journal.append(lease, 1, events, ['m'])).toBe(3);
    expect(await Array.fromAsync(direct.journal.read(lease.run))).toHaveLength(3);
    expect(await direct.inbox.pending(lease.run)).toEqual([]);
  });

  it('is stored once whichever answers are lost, in a chain and among others', async () => {
    const proxy = await startLossyProxy(server.url);
    closing.push(() => proxy.stop());
    const store = await opened({ url: proxy.url });
    const leases = await Promise.all(Array.from({ length: 5 }, () => anOwnedRun(store)));
    let pieces = 0;
    proxy.loseWhen(() => (pieces += 1) % 3 === 0);
    await Promise.all(
      leases.map(async (lease) => {
        // As the ledger of an owner: appends go out one behind the other, and one waits for those before it when it must be made again.
        let before: Promise<unknown> = Promise.resolve();
        const made: Promise<unknown>[] = [];
        for (let after = 1; after < 41; after += 1) {
          const earlier = before;
          const append = async (): Promise<void> => {
            try {
              await store.journal.append(lease, after, [stepStarted(`s${after}`)]);
            } catch {
              await earlier;
              await insist(store, lease, after, [stepStarted(`s${after}`)]);
            }
          };
          before = append();
          made.push(before);
          if (after % 4 === 0) await before;
        }
        await Promise.all(made);
      }),
    );
    expect(proxy.lost()).toBeGreaterThan(5);
    proxy.loseWhen(() => false);
    for (const lease of leases) {
      const paths = (await Array.fromAsync(store.journal.read(lease.run, 1))).map(
        ({ event }) => 'path' in event && event.path,
      );
      expect(paths).toEqual(Array.from({ length: 40 }, (_, index) => `s${index + 1}`));
    }
  });
});

describeWithServer('a server that is up and cannot', () => {
  it('take writes, because it is read-only, is told so, and takes them later', async () => {
    const store = await opened();
    const lease = await anOwnedRun(store);
    await admin('ALTER SYSTEM SET default_transaction_read_only = on', 'SELECT pg_reload_conf()');
    await expect
      .poll(() => failureOf(store.journal.append(lease, 1, [runStarted()])).catch(String))
      .toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('is read-only') as unknown,
      });
    await admin('ALTER SYSTEM RESET default_transaction_read_only', 'SELECT pg_reload_conf()');
    const { seq = 0 } = (await store.runs.get(lease.run)) ?? {};
    expect(await insist(store, lease, seq, [stepStarted('a')])).toBe(seq + 1);
  });

  it('grow, because its disk is full, is told as STORE_FULL, and goes on later with nothing lost', async () => {
    const store = await opened();
    const lease = await anOwnedRun(store);
    // A trigger, for a disk of its own cannot be filled without rights that a test does not have.
    await admin(
      `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$`,
      'CREATE TRIGGER full_disk BEFORE INSERT ON telos.journal EXECUTE FUNCTION full_disk()',
    );
    expect(await failureOf(store.journal.append(lease, 1, [runStarted()]))).toMatchObject({ code: 'STORE_FULL' });
    expect(await store.runs.get(lease.run)).toMatchObject({ status: 'pending', seq: 1 });
    await admin('DROP TRIGGER full_disk ON telos.journal', 'DROP FUNCTION full_disk');
    expect(await store.journal.append(lease, 1, [runStarted()])).toBe(2);
  });

  it('answer in time, because a session holds a table locked, is told so, and what was given up is found later', async () => {
    const store = await opened({ answerMs: 300 });
    const lease = await anOwnedRun(store);
    const holder = new pg.Client({ connectionString: server.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE telos.journal IN ACCESS EXCLUSIVE MODE');
    const failure = await failureOf(store.journal.append(lease, 1, [runStarted()]));
    expect(failure).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await holder.query('ROLLBACK');
    await holder.end();
    expect(await insist(store, lease, 1, [runStarted()])).toBe(2);
    expect(await Array.fromAsync(store.journal.read(lease.run))).toHaveLength(2);
  });

  it('find its tables, because somebody dropped them, is told as STORE_CORRUPT', async () => {
    const url = `${server.url}?schema=dropped`;
    const store = await opened({ url });
    const lease = await anOwnedRun(store);
    await admin('DROP TABLE dropped.journal');
    expect(await failureOf(store.journal.append(lease, 1, [runStarted()]))).toMatchObject({ code: 'STORE_CORRUPT' });
    await admin('DROP SCHEMA dropped CASCADE');
    expect(await failureOf(store.runs.count({}))).toMatchObject({ code: 'STORE_CORRUPT' });
  });
});
