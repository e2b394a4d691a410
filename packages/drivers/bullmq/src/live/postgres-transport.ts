import { Pool } from 'pg';
import type { PostgresAddress } from '../address.ts';
import { createListener } from '../postgres/listener.ts';
import { connectionOf } from '../postgres/postgres-connection.ts';
import type { LiveTransport } from './shared-live.ts';

/** NOTIFY of PostgreSQL: one channel for each run, in messages of less than 8,000 bytes, which is its limit. */
export function createPostgresTransport(address: PostgresAddress): LiveTransport {
  const { client, schema } = connectionOf(address);
  // One connection, so that parts stay in order.
  const pool = new Pool({ ...client, max: 1 });
  pool.on('error', () => undefined);
  const listener = createListener(client);
  // Of a run id's 36 letters and these, a name of 63 holds all that are needed to tell runs apart.
  const channelOf = (run: string): string => `${schema}_live_${run}`.slice(-63);
  return {
    messageBytes: 7900,
    // Every message is a commit.
    collectMs: 50,
    isReady: () => true,
    async send(run, message) {
      await pool.query('SELECT pg_notify($1, $2)', [channelOf(run), message]);
    },
    listen: (run, heard) => listener.listen(channelOf(run), heard),
    async close() {
      await Promise.all([listener.close(), pool.end()]);
    },
  };
}
