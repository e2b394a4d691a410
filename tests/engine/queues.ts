/**
 * The queues that ring for the engine in its tests: the same tests run with each. A
 * project of vitest.config.ts says which in TELOS_TEST_QUEUE.
 *
 * A place is where the processes of one installation meet. In the process there is
 * no such place: each worker has a queue of its own.
 */
import type { Queue } from '@telos/core';
import { openQueue } from '@telos/driver-bullmq';
import { readAddress } from '@telos/driver-bullmq/address';
import { createLocalQueue } from '@telos/driver-local';
import { Redis } from 'ioredis';
import pg from 'pg';

/** Where queues meet that nobody else uses. */
export type QueuePlace = {
  /** For `openQueueAt`, also in another process. */
  readonly address: string;
  /** Whether the server still has a job of one of these queues that nobody has fetched. */
  holds(queues: readonly string[]): Promise<boolean>;
  /** Leaves nothing behind. All queues there have been closed. */
  remove(): Promise<void>;
};

export const testQueue = ((): 'local' | 'redis' | 'postgres' => {
  const named = process.env['TELOS_TEST_QUEUE'];
  return named === 'redis' || named === 'postgres' ? named : 'local';
})();

export function openQueueAt(address: string): Queue {
  if (address === 'local:') return createLocalQueue();
  const read = readAddress(address);
  if ('problem' in read) throw new Error(read.problem);
  return openQueue({ address: read.address });
}

let made = 0;

export function newQueuePlace(): QueuePlace {
  made += 1;
  const name = `telos_engine_${process.pid}_${made}`;
  switch (testQueue) {
    case 'local':
      return { address: 'local:', holds: async () => false, remove: async () => {} };
    case 'redis':
      return placeInRedis(process.env['TELOS_TEST_REDIS_URL'] ?? '', name);
    case 'postgres':
      return placeInPostgres(process.env['TELOS_TEST_DATABASE_URL'] ?? '', freeSchemas.pop() ?? name);
  }
}

let redis: Redis | undefined;
let database: pg.Pool | undefined;
/** Schemas that this process has made, and those of them that are free: to make one takes longer than most tests. */
const schemas: string[] = [];
const freeSchemas: string[] = [];

/** To be called when the process needs no place any more: removes what is left of them. */
export async function leaveServers(): Promise<void> {
  redis?.disconnect();
  for (const schema of schemas) await database?.query(`DROP SCHEMA IF EXISTS ${schema}_queue CASCADE`);
  await database?.end();
}

function placeInRedis(server: string, prefix: string): QueuePlace {
  const url = new URL(server);
  url.searchParams.set('prefix', prefix);
  const connection = (redis ??= new Redis(server));
  return {
    address: url.href,
    async holds(queues) {
      const lists = ['wait', 'prioritized', 'active'];
      const keys = queues.flatMap((queue) => lists.map((list) => `${prefix}:{${queue}}:${queue}:${list}`));
      return keys.length > 0 && (await connection.exists(...keys)) > 0;
    },
    async remove() {
      for await (const keys of connection.scanStream({ match: `${prefix}:*`, count: 1000 }))
        if (keys.length > 0) await connection.unlink(...keys);
    },
  };
}

function placeInPostgres(server: string, schema: string): QueuePlace {
  const url = new URL(server);
  url.searchParams.set('schema', schema);
  const pool = (database ??= new pg.Pool({ connectionString: server, max: 1 }));
  if (!schemas.includes(schema)) schemas.push(schema);
  return {
    address: url.href,
    async holds(queues) {
      const { rows } = await pool.query(`SELECT FROM ${schema}_queue.job WHERE queue = ANY ($1) LIMIT 1`, [queues]);
      return rows.length > 0;
    },
    async remove() {
      await pool.query(
        `DO $$ BEGIN
          IF to_regclass('${schema}_queue.telos_ends') IS NOT NULL THEN
            DELETE FROM ${schema}_queue.job;
            DELETE FROM ${schema}_queue.telos_ends;
          END IF;
        END $$`,
      );
      freeSchemas.push(schema);
    },
  };
}
