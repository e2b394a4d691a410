/** Blows to servers: connections that are cut, a queue that loses everything, a server that goes away and comes back. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RestartableServer } from '@telos/testkit/servers/private-server';
import pg from 'pg';
import { redisSays } from '../mortal/redis-says.ts';

export type Blow = {
  readonly name: string;
  /** @param random In [0, 1). */
  readonly deal: (random: () => number) => Promise<void>;
};

/** Where runs and bells are, and the servers behind them where those were started for this alone. */
export type Targets = {
  readonly store: string;
  readonly queue: string;
  readonly servers?: { readonly postgres?: RestartableServer; readonly redis?: RestartableServer };
};

/** What can be done to these; nothing to a file and a queue in each process. */
export function blowsTo({ store, queue, servers = {} }: Targets): readonly Blow[] {
  const databases = [...new Set([store, queue])].filter((url) => url.startsWith('postgres'));
  const { postgres, redis } = servers;
  return [
    ...databases.map((url) => ({ name: 'PostgreSQL connections cut', deal: () => terminate(url) })),
    ...(queue.startsWith('redis:')
      ? [
          { name: 'Redis connections cut', deal: () => tell(queue, 'CLIENT KILL TYPE normal') },
          { name: 'FLUSHALL', deal: () => tell(queue, 'FLUSHALL') },
        ]
      : []),
    // One ends its sessions in good order, the other crashes and recovers; the queue loses everything each time.
    ...(postgres === undefined
      ? []
      : [{ name: 'PostgreSQL restarts', deal: restart(postgres, ['SIGINT', 'SIGQUIT']) }]),
    ...(redis === undefined ? [] : [{ name: 'Redis restarts', deal: restart(redis, ['SIGKILL']) }]),
  ];
}

function restart(server: RestartableServer, signals: readonly NodeJS.Signals[]): Blow['deal'] {
  return async (random) => {
    await server.halt(signals[Math.floor(random() * signals.length)]);
    await delay(random() * 2000);
    await server.restart();
  };
}

async function terminate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const others = 'pid <> pg_backend_pid() AND datname = current_database()';
  await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`);
  await client.end();
}

async function tell(url: string, command: string): Promise<void> {
  await redisSays(url, command).catch(() => {
    // It cut this connection with the others.
  });
}
