/**
 * PostgreSQL through BullMQ's own backend.
 *
 * What offers shares one pool; each queue that is served has a few connections to fetch
 * and one to listen.
 */
import { PostgresConnection, PostgresQueueBackend, Queue, Worker } from 'bullmq';
import type { JobProgress, PostgresConnectionOptions } from 'bullmq';
import { DatabaseError } from 'pg';
import type { PostgresAddress } from '../address.ts';
import type { Backend, BullQueue } from '../backend.ts';
import { keptBrief, workerTimes } from '../bull-options.ts';
import { createFetcher } from '../fetcher.ts';
import { createListener } from './listener.ts';
import { making } from './making.ts';
import { endsTable, placeInPostgres } from './place-arrivals.ts';
import { connectionOf } from './postgres-connection.ts';

const channel = 'telos_cancel';

/** Connections of one queue that is served. More of them hand over no more jobs, and a server has a hundred for all. */
const fetching = 4;

export function createPostgresBackend(address: PostgresAddress): Backend {
  const { client, schema } = connectionOf(address);
  const listener = createListener(client);
  const queues = new Map<string, BullQueue>();
  let shared: Promise<PostgresConnection> | undefined;

  /** A connection that is ready, with the tables it needs. What fails is not kept. */
  function connection(): Promise<PostgresConnection> {
    shared ??= open(4).catch((error: unknown) => {
      shared = undefined;
      throw error;
    });
    return shared;
  }

  async function open(max: number): Promise<PostgresConnection> {
    // `pg` takes a function for a password too, which BullMQ's description of it leaves out.
    const password = client.password as unknown as string;
    const opened = new PostgresConnection({ ...client, password, schema, migrate: true, max });
    opened.on('error', () => undefined);
    try {
      await opened.waitUntilReady();
      await opened.pool.query(making(schema, endsTable));
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  return {
    async probe() {
      await (await connection()).pool.query('SELECT 1');
    },
    async queue(name) {
      const made = queues.get(name);
      if (made !== undefined) return made;
      const ready = await connection();
      const queue = new Queue<
        unknown,
        unknown,
        string,
        unknown,
        unknown,
        string,
        PostgresQueueBackend,
        PostgresConnectionOptions
      >(
        name,
        { connection: {}, ...keptBrief },
        (queueName, options) => new PostgresQueueBackend(ready, queueName, options, false),
      );
      queue.on('error', () => undefined);
      queues.set(name, queue);
      return queue;
    },
    async fetcher(name) {
      const own = await open(fetching);
      const worker = new Worker<unknown, unknown, string, PostgresQueueBackend, JobProgress, PostgresConnectionOptions>(
        name,
        null,
        { connection: {}, ...workerTimes },
        (queueName, options) => new PostgresQueueBackend(own, queueName, options, true, `telos:${name}`),
      );
      return createFetcher(worker, () => worker.getBackend().disconnectBlocking());
    },
    async place(queue, arrivals) {
      const { pool } = await connection();
      return placeInPostgres((text, values) => pool.query(text, values), queue.name, arrivals);
    },
    async announce(message) {
      await (await connection()).pool.query('SELECT pg_notify($1, $2)', [channel, message]);
    },
    listen: (heard) => void listener.listen(channel, heard),
    async facts() {
      const { rows } = await (await connection()).pool.query<{ server_version: string }>('SHOW server_version');
      return { server: `PostgreSQL ${rows[0]?.server_version ?? 'of unknown version'}`, worries: [] };
    },
    async close() {
      await listener.close();
      const opened = await shared?.catch(() => undefined);
      await opened?.close();
    },
  };
}

/** Whether PostgreSQL itself refused, so that it is there: not while it starts, stops or has no room for connections. */
export function isPostgresAnswer(error: unknown): boolean {
  return error instanceof DatabaseError && !/^(?:08|53|57|28)/.test(error.code ?? '');
}
